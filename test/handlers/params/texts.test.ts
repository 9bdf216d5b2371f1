import t from 'tap'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import { line, text, title } from '../../../handlers/params/texts.ts'
import { desk } from '../fixture.ts'
import { accepted, parsed } from './parsed.ts'

t.test('a line is one line', async t => {
  const lines = line('x', 100)
  const same: [string, string][] = [
    ['  The printer ', 'The printer'],
    ['a\r\nBcc: eve@example.org', 'a Bcc: eve@example.org'],
    ['a\0b\u0085c\u2028d\u202ee', 'a b c d e'],
    ['x'.repeat(100), 'x'.repeat(100)],
    [` ${'x'.repeat(100)} `, 'x'.repeat(100)],
    ['🖨'.repeat(100), '🖨'.repeat(100)],
    ['__proto__', '__proto__'],
  ]
  for (const [given, kept] of same) t.equal(parsed(lines, given), kept)
  const blank = { sentence: 'there is no visible text; give some text.' }
  for (const text of ['', ' ', '\r\n', '\0', '\u00a0', '\u200b', '\u202e', '\u3164\u2800'])
    t.same(parsed(lines, text), blank)
  t.match(parsed(lines, 'x'.repeat(101)), {
    sentence: /^"x{40}…" has 101 characters; give at most 100\.$/,
  })
})

t.test('a title keeps nothing that follows the name of a secret', async t => {
  t.equal(parsed(title('x', 100), 'my password: hunter2'), 'my password: [removed]')
})

t.test('a value that a door has made is taken unchanged, any other type is refused', async t => {
  const { call, ticket } = await desk(t)
  const long = 'x'.repeat(200)
  await call('create_ticket', { queue: 1, title: { line: long }, body: { beginning: ' The whole story.' } })
  t.match(await ticket(31795), { title: long })
  t.same(accepted(line('x', 5), 5), { sentence: '5 is not text; give 1 to 5 characters on one line.' })
  t.same(accepted(title('x', 5), true), {
    sentence: 'true is not text; give 1 to 5 characters on one line.',
  })
  t.same(accepted(text('x'), true), { sentence: 'true is not text; give some text.' })
  t.same(accepted(text('x'), { line: 'x' }), { sentence: 'this is not text; give some text.' })
  t.match(accepted(line('x', 5), { beginning: 'x' }), { sentence: /^this is not text/ })
})

t.test('a text that is far too long is refused before it is processed', async t => {
  const long = '\x01a'.repeat(10_000_000)
  t.match(parsed(line('x', 5), long), { sentence: /^".*…" has 20000000 characters; give at most 5\.$/ })
  t.equal((parsed(text('x'), `${'\u200b'.repeat(9_000_000)}x`) as KeptText).beginning.length, 9_000_001)
  t.match(parsed(text('x'), '\u200b'.repeat(9_000_000)), { sentence: /^there is no visible text/ })
})

t.test('a text keeps its lines', async t => {
  t.same(parsed(text('x'), ' a\r\nb\rc\n'), { beginning: ' a\nb\nc\n' })
  t.same(parsed(text('x'), 'a\0b'), { beginning: 'ab' })
  t.match(parsed(text('x'), ' \0\n'), { sentence: /no visible text/ })
})
