import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Parser } from '../../../../../daemon/mail/in/parser/parser.ts'
import type { Parsed } from '../../../../../daemon/mail/in/parser/parser_protocol.ts'
import { Failure } from '../../../../../data/failure.ts'
import { directoryFor, quietEvents, until } from '../../../../house.ts'

const MAIL = Buffer.from(
  'From: Erin <erin@example.net>\r\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\r\nContent-Type: text/plain\r\n\r\nText.\r\n',
)
const PARSED = { subject: 'Größe', from: 'erin@example.net', text: 'Text.', attachments: [] }
const itself = async (parsed: Parsed) => parsed

/** A program in the place of the parser's own, that does what a mail says. */
const STUB = `
let word = ''
process.on('message', ({ mail, isLast, content, from }) => {
  if (content !== undefined) {
    if (word === 'die later') process.kill(process.pid, 'SIGKILL')
    return process.send({ piece: Buffer.from('0123456789').subarray(from, from + 4) })
  }
  word = Buffer.from(mail).toString() || word
  if (!isLast) return
  if (word === 'die') process.kill(process.pid, 'SIGKILL')
  if (word === 'exit') process.exit(3)
  if (word === 'hang') for (;;) {}
  if (word === 'mute') return
  const busy = Number(/^busy ([0-9]+)/.exec(word)?.[1] ?? 0)
  if (word === 'memory') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }
  const leftOut = { count: 0, names: [] }
  const text = /later|long/.test(word) ? { size: 10 } : String(process.pid)
  const parsed = { subject: word, from: null, text, attachments: [], leftOut }
  setTimeout(() => process.send({ parsed }), word.endsWith('slow') ? 300 : busy)
})
process.on('disconnect', () => process.exit(0))
process.send('ready')
`

const PATIENCE_MILLISECONDS = 60_000

function stubFor(t: Parameters<typeof directoryFor>[0], longest?: number) {
  const program = join(directoryFor(t), 'stub.mjs')
  writeFileSync(program, STUB)
  const parser = new Parser(quietEvents(), program, longest)
  t.teardown(() => parser.close())
  const parse = (word: string, source = 'a') => parser.parse(Buffer.from(word), source, itself)
  return { parser, parse, close: () => parser.close() }
}

t.test('a mail is taken apart', async t => {
  const parser = new Parser(quietEvents())
  t.teardown(() => parser.close())
  t.match(await parser.parse(MAIL, 'a', itself), PARSED)
  const nested = `${'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(1200)}\r\n`
  t.equal(await parser.parse(Buffer.from(nested), 'a', itself), null, 'one that cannot be')
  t.match(await parser.parse(MAIL, 'a', itself), PARSED, 'and the next')
})

t.test('bytes come back as they were', async t => {
  const parser = new Parser(quietEvents())
  t.teardown(() => parser.close())
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const raw = `Content-Type: application/x-a; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n`
  const parsed = await parser.parse(Buffer.from(raw), 'a', itself)
  t.ok(bytes.equals(parsed!.attachments[0]!.content as Uint8Array))
})

t.test('what a child comes to costs its own mail alone', async t => {
  const { parse } = stubFor(t, 5000)
  for (const end of ['die', 'exit', 'memory']) {
    const [lost, ...others] = await Promise.all([parse(end), parse('a'), parse('b'), parse('c')])
    t.equal(lost, null, end)
    t.match(others, [{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }], `beside ${end}`)
  }
})

t.test('what takes too long is made to end', async t => {
  const { parse } = stubFor(t, 1500)
  const found = await Promise.all([parse('hang'), parse('a'), parse('b')])
  t.match(found, [null, { subject: 'a' }, { subject: 'b' }])
})

t.test('two children share the work, and no third', async t => {
  const { parse } = stubFor(t)
  const found = await Promise.all(Array.from({ length: 8 }, () => parse('slow')))
  t.equal(new Set(found.map(parsed => parsed!.text)).size, 2)
})

t.test('a child that is killed while it has nothing to do is replaced', async t => {
  const { parse } = stubFor(t)
  const first = Number((await parse('a'))!.text)
  process.kill(first, 'SIGKILL')
  await until('it to be gone', () => !isThere(first) || undefined)
  const next = await parse('b')
  t.notMatch(next, { text: String(first) })
})

t.test('a mail that is under way when we stop is not taken for a bad one', async t => {
  const { parse, close } = stubFor(t)
  await parse('a')
  const underWay = ['slow', 'slow', 'slow'].map(word => t.rejects(parse(word), { code: 'unavailable' }))
  close()
  await Promise.all(underWay)
  await t.rejects(parse('a'), { code: 'unavailable' })
})

t.test('a parser that cannot begin blames no mail', async t => {
  const parser = new Parser(quietEvents(), join(directoryFor(t), 'nothing.mjs'))
  t.teardown(() => parser.close())
  for (const _ of [1, 2, 3]) await t.rejects(parser.parse(MAIL, 'a', itself), { code: 'unavailable' })
})

/** A large mail that comes in pieces. */
function inPieces(...pieces: string[]) {
  return async function* () {
    for (const piece of pieces) yield Buffer.from(piece)
  }
}

async function textOf({ text }: Parsed): Promise<string> {
  if (typeof text === 'string') return text
  const pieces: Uint8Array[] = []
  for await (const piece of text) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

t.test('a large mail comes to the same as a small one, and what is large of it comes in pieces', async t => {
  const parser = new Parser(quietEvents())
  t.teardown(() => parser.close())
  const raw = MAIL.toString()
  t.match(await parser.parse(inPieces(raw.slice(0, 50), raw.slice(50)), 'a', itself), PARSED)
  const text = 'é "\\\u2028 '.repeat(200_000)
  const long = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u0000${text}\r\n`
  t.equal(await parser.parse(Buffer.from(long), 'a', textOf), text.trim())
  t.equal(await parser.parse(inPieces(long), 'a', textOf), text.trim())
})

t.test('whoever takes a mail may fail, and the next mail is taken apart', async t => {
  const { parser, parse } = stubFor(t)
  const full = async () => {
    throw new Failure('full', 'There is no room.')
  }
  await t.rejects(parser.parse(Buffer.from('long'), 'a', full), { code: 'full' })
  const half = async ({ text }: Parsed) => {
    for await (const _ of text as AsyncIterable<Uint8Array>) throw new Failure('full', 'There is no room.')
  }
  await t.rejects(parser.parse(Buffer.from('long'), 'a', half), { code: 'full' })
  t.equal(await parser.parse(Buffer.from('long'), 'a', textOf), '0123456789')
  t.equal(
    await parser.parse(Buffer.from('die later'), 'a', textOf),
    null,
    'a child that dies before all is told',
  )
  t.match(await parse('a'), { subject: 'a' })
  const broken = async function* () {
    yield Buffer.from('a')
    throw new Failure('unavailable', 'The file cannot be read.')
  }
  await t.rejects(parser.parse(broken, 'a', itself), { code: 'unavailable' })
  const real = new Parser(quietEvents())
  t.teardown(() => real.close())
  await t.rejects(real.parse(broken, 'a', itself), { code: 'unavailable' })
  t.match(
    await real.parse(inPieces(MAIL.toString()), 'a', itself),
    PARSED,
    'nothing is left of the one before',
  )
})

t.test('large mails come one after the other, and small ones do not wait for them', async t => {
  const { parser, parse } = stubFor(t)
  // Else the second process may begin later than the large mails end.
  await until('both processes', async () => {
    const [one, other] = await Promise.all([parse('slow', 'b'), parse('slow', 'c')])
    return one?.text !== other?.text
  })
  const order: string[] = []
  const large = [1, 2, 3].map(number =>
    parser.parse(inPieces(`${number} `, 'slow'), 'a', itself).then(() => order.push(`large ${number}`)),
  )
  const small = [1, 2, 3].map(number => parse(String(number)).then(() => order.push(`small ${number}`)))
  await Promise.all([...large, ...small])
  t.same(
    order.filter(one => one.startsWith('large')),
    ['large 1', 'large 2', 'large 3'],
  )
  t.ok(order.indexOf('small 3') < order.indexOf('large 2'), order.join(', '))
})

t.test(
  'no more large mails wait than can be taken in time, nor of one source than leave room for others',
  async t => {
    const { parser, parse } = stubFor(t)
    await parse('a')
    const sent = (count: number, source: (at: number) => string) =>
      Array.from({ length: count }, (_, at) =>
        parser.parse(inPieces('large'), source(at), itself).catch(error => error),
      )
    const ofOne = sent(15, () => 'a')
    const ofMany = sent(35, at => `${at}`)
    const refusedOf = async (all: Promise<unknown>[]) =>
      (await Promise.all(all)).filter(one => one instanceof Failure)
    const refused = await refusedOf(ofOne)
    t.match(refused[0], { code: 'unavailable', message: /^Too many large mails are being read/ })
    t.ok(
      refused.length >= 4 && refused.length <= 5,
      `${refused.length} refused: ten of one source wait, and one may be under way`,
    )
    const others = (await refusedOf(ofMany)).length
    t.ok(others >= 4 && others <= 5, `${others} refused: forty wait in all, and one may be under way`)
    t.match(await parse('a'), { subject: 'a' })
  },
)

t.test('whose turn it is depends on what each source has had', async t => {
  const { parse } = stubFor(t)
  const order: string[] = []
  const sent = (source: string) => parse('slow', source).then(() => order.push(source))
  const all = [...Array.from({ length: 8 }, () => sent('a')), sent('b'), sent('c')]
  await Promise.all(all)
  t.ok(order.indexOf('b') <= 4 && order.indexOf('c') <= 4, order.join(' '))
})

t.test('mail of others does not wait for slow mail of one source, and none of that is lost', async t => {
  const { parse } = stubFor(t, PATIENCE_MILLISECONDS)
  await Promise.all([parse('slow'), parse('slow')])
  const order: string[] = []
  const slow = Array.from({ length: 3 }, (_, at) =>
    parse(`busy 3000 ${at}`, 'slow').then(parsed => {
      order.push('slow')
      return parsed?.subject
    }),
  )
  await parse('first', 'a')
  t.same(order, [], 'not even where it has both processes')
  await parse('second', 'b')
  await parse('third', 'c')
  t.ok(order.length <= 1, 'it has one from then on')
  t.same(await Promise.all(slow), ['busy 3000 0', 'busy 3000 1', 'busy 3000 2'])
})

t.test('while others wait a mail has less time', async t => {
  const { parse } = stubFor(t, PATIENCE_MILLISECONDS)
  await Promise.all([parse('slow'), parse('slow')])
  const ended = Promise.race([parse('mute', 'a'), parse('mute', 'b')])
  t.match(await parse('word', 'c'), { subject: 'word' })
  t.equal(await ended, null)
})

t.test('a large mail has less time while other large ones wait, and takes none from small ones', async t => {
  const { parser, parse } = stubFor(t, PATIENCE_MILLISECONDS)
  const hanging = parser.parse(inPieces('mute'), 'a', itself)
  t.match(await parse('word', 'b'), { subject: 'word' })
  t.match(await parser.parse(inPieces('large'), 'b', itself), { subject: 'large' })
  t.equal(await hanging, null)
})

/** Whether a process runs; one that is dead and not yet waited for does not. */
function isThere(pid: number): boolean {
  if (!readdirSync('/proc').includes(String(pid))) return false
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
