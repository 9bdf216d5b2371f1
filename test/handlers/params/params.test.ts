import fc from 'fast-check'
import t from 'tap'
import { Failure } from '../../../data/failure.ts'
import { methods } from '../../../handlers/index.ts'
import type { Kind } from '../../../handlers/method.ts'
import * as kinds from '../../../handlers/params/params.ts'
import { runs } from '../../runs.ts'
import { agent, desk, QUEUE, refusal } from '../fixture.ts'

/** What a kind makes of a text: the value, or the sentence against it. */
function parsed(kind: Kind<unknown>, text: string): unknown {
  try {
    return kind.parse(text)
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid') return { sentence: error.message }
    throw error
  }
}

const NEVER_A_NUMBER = [
  '31794abc',
  '1e3',
  ' 7',
  '7 ',
  '0',
  '-1',
  '+1',
  '01',
  '1.0',
  '0x10',
  '٣',
  '１',
  '9007199254740992',
  '99999999999999999999',
  '1_000',
  'NaN',
  'Infinity',
  '',
  '__proto__',
  'constructor',
  '1\n',
  '1\0',
]
const BAD_WORDS = ['', ' ', 'a b', 'a\r\nBcc: x@example.org', 'a\0b', '\u202ea', 'ä', '__proto__', '1\n']

t.test('numbers are canonical decimals from 1 to 2^53 - 1', async t => {
  const all = [
    kinds.ticket('x'),
    kinds.queue('x'),
    kinds.user('x'),
    kinds.priority('x'),
    kinds.whole('x', 1, 9),
  ]
  for (const [index, kind] of all.entries()) {
    for (const text of NEVER_A_NUMBER) {
      const isName = index > 0 && index < 3 && (text === 'constructor' || /^(NaN|Infinity)$/.test(text))
      if (!isName)
        t.match(parsed(kind, text), { sentence: / is not / }, `${kind.rule}: ${JSON.stringify(text)}`)
    }
    t.equal(parsed(kind, '1'), 1)
  }
  t.equal(parsed(kinds.ticket('x'), '9007199254740991'), Number.MAX_SAFE_INTEGER)
  t.same(parsed(kinds.ticket('x'), '0'), {
    sentence: '"0" is not a ticket number; numbers go from 1 to 9007199254740991.',
  })
  t.same(parsed(kinds.queue('x'), 'Help Desk'), {
    sentence: '"Help Desk" is not a queue id or slug; give one like 1 or support.',
  })
  t.equal(parsed(kinds.whole('x', 0, 9), '0'), 0)
  t.same(parsed(kinds.whole('x', 0, 9), '10'), { sentence: '"10" is not a whole number from 0 to 9.' })
  t.same(parsed(kinds.priority('x'), '6'), { sentence: '"6" is not a whole number from 1 to 5.' })
})

t.test('a ticket, a queue, a user are loaded, or it is said that there is none', async t => {
  const { call, put, ticket } = await desk(t)
  t.match(await refusal(call('hold_ticket', { ticket: '7' })), {
    code: 'not_found',
    message: 'There is no ticket 7.',
  })
  await call('create_ticket', { queue: 'SUPPORT', title: 'By slug', assigned_to: 'fred' })
  t.match(await ticket(31795), { queue: 1, assigned_to: 2 })
  await put('queues', { ...QUEUE, id: 7, slug: 'constructor', email_address: null })
  t.match(await call('create_ticket', { queue: 'constructor', title: 'x', assigned_to: '2' }), {
    gives: 31796,
  })
  for (const queue of ['2', 'sales', 'tostring'])
    t.match(await refusal(call('create_ticket', { queue, title: 'x' })), {
      code: 'not_found',
      message: `There is no queue ${queue}.`,
    })
  for (const user of ['3', 'Fred', 'constructor'])
    t.match(await refusal(call('create_ticket', { queue: '1', title: 'x', assigned_to: user })), {
      code: 'not_found',
      message: `There is no user ${user}.`,
    })
  await put('users', { ...agent(3, 'gone', ['gone@example.org']), active: false })
  t.match(await refusal(call('create_ticket', { queue: '1', title: 'x', assigned_to: '3' })), {
    code: 'invalid',
    message: 'assigned_to: gone is not active; name an active user.',
  })
})

t.test('a line is one line', async t => {
  const title = kinds.line('x', 100)
  const same: [string, string][] = [
    ['  The printer ', 'The printer'],
    ['a\r\nBcc: eve@example.org', 'a Bcc: eve@example.org'],
    ['a\0b\u0085c\u2028d\u202ee', 'a b c d e'],
    ['x'.repeat(100), 'x'.repeat(100)],
    [` ${'x'.repeat(100)} `, 'x'.repeat(100)],
    ['🖨'.repeat(100), '🖨'.repeat(100)],
    ['__proto__', '__proto__'],
  ]
  for (const [given, kept] of same) t.equal(parsed(title, given), kept)
  const blank = { sentence: 'there is nothing in it; give some text.' }
  for (const text of ['', ' ', '\r\n', '\0', '\u00a0', '\u200b', '\u202e']) t.same(parsed(title, text), blank)
  t.match(parsed(title, 'x'.repeat(101)), {
    sentence: /^"x{40}…" has 101 characters; give at most 100\.$/,
  })
})

t.test('what is far too long is refused before it is taken apart', async t => {
  const long = '\x01a'.repeat(10_000_000)
  const sentence = /^".*…" has 20000000 characters; give at most 5\.$/
  t.match(parsed(kinds.line('x', 5), long), { sentence })
  t.match(parsed(kinds.addresses('x'), ','.repeat(20_000_000)), { sentence: /has 20000000 characters/ })
  t.equal(parsed(kinds.text('x'), `${'\u200b'.repeat(9_000_000)}x`)?.toString().length, 9_000_001)
  t.match(parsed(kinds.text('x'), '\u200b'.repeat(9_000_000)), { sentence: /^there is nothing in it/ })
})

t.test('a text keeps its lines', async t => {
  t.equal(parsed(kinds.text('x'), ' a\r\nb\rc\n'), ' a\nb\nc\n')
  t.equal(parsed(kinds.text('x'), 'a\0b'), 'ab')
  t.match(parsed(kinds.text('x'), ' \0\n'), { sentence: /nothing in it/ })
})

t.test('an address is one, and nothing more', async t => {
  t.equal(parsed(kinds.address('x'), ' Ann.Lee+x@Example.ORG '), 'Ann.Lee+x@example.org')
  const bad = [
    ...BAD_WORDS,
    'ann',
    '@example.org',
    'ann@',
    'a@b, c@d',
    'a@b;c@d',
    'Ann <ann@example.org>',
    'ann@[127.0.0.1]',
    '"ann lee"@example.org',
    'a..b@example.org',
    '.a@example.org',
    'ann@-example.org',
    'ann@example.org\r\nBcc: x@y',
    'ann@example.org\0',
    'ann@exämple.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
  ]
  for (const text of bad)
    t.match(parsed(kinds.address('x'), text), { sentence: /is not a mail address/ }, text)
  t.same(parsed(kinds.addresses('x'), 'a@x.org, B@x.org,A@X.ORG'), ['A@x.org', 'B@x.org'])
  for (const text of ['', ',', 'a@x.org,', 'a@x.org b@x.org', 'a@x.org,b@x.org\r\nBcc: c@x.org'])
    t.match(parsed(kinds.addresses('x'), text), { sentence: /is not a mail address/ }, text)
})

t.test('names, days, locales and flags', async t => {
  const table: [Kind<unknown>, string[], string[]][] = [
    [
      kinds.username('x'),
      ['susan', 'S', 'a.b_c@d+e-f', 'constructor', 'a'.repeat(64)],
      [...BAD_WORDS, '1a', 'a'.repeat(65)],
    ],
    [
      kinds.slug('x'),
      ['support', 'a', 'a-b_c1', 'a'.repeat(50)],
      [...BAD_WORDS, 'Support', '1a', 'a'.repeat(51)],
    ],
    [kinds.locale('x'), ['en', 'gsw', 'pt-BR'], [...BAD_WORDS, 'EN', 'pt_BR', 'pt-br', '../en']],
    [
      kinds.date('x'),
      ['2026-12-31', '2024-02-29'],
      [...BAD_WORDS, '2026-02-29', '2026-13-01', '2026-1-1', '31.12.2026', '+02026-01-01'],
    ],
    [kinds.flag('x'), ['y', 'n'], [...BAD_WORDS, 'Y', 'yes', '1', 'true']],
    [kinds.attachments('x'), [], BAD_WORDS],
  ]
  for (const [kind, good, bad] of table) {
    for (const text of good) t.notMatch(parsed(kind, text), { sentence: /./ }, `${kind.rule}: ${text}`)
    for (const text of bad)
      t.match(parsed(kind, text), { sentence: /\.$/ }, `${kind.rule}: ${JSON.stringify(text)}`)
  }
})

t.test('what may be left out, and what clears', async t => {
  const { call, all } = await desk(t)
  await call('change_queue', {
    queue: '1',
    escalate_days: '3',
    default_owner: 'fred',
    new_ticket_cc: 'a@x.org',
  })
  await call('change_queue', { queue: '1', title: '', locale: '' })
  t.match(await all('queues'), [{ title: 'Support', locale: 'en', escalate_days: 3, default_owner: 2 }])
  await call('change_queue', { queue: '1', escalate_days: '', default_owner: '', new_ticket_cc: '' })
  t.match(await all('queues'), [{ escalate_days: null, default_owner: null, new_ticket_cc: [] }])
})

const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.stringMatching(/^[0-9a-z@.,\- \r\n\0\u202e"\\]{0,60}$/),
  fc.constantFrom(...NEVER_A_NUMBER, ...BAD_WORDS),
)

t.test('any text gives a value of the right type, or a sentence', async () => {
  const one = kinds.line('x', 100)
  const lists = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0
  const isText = (value: unknown): value is string => typeof value === 'string'
  const isNumber = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
  const right: [Kind<unknown>, (value: unknown) => boolean][] = [
    [kinds.ticket('x'), value => isNumber(value) && value !== 0],
    [kinds.queue('x'), value => isNumber(value) || isText(value)],
    [kinds.user('x'), value => isNumber(value) || isText(value)],
    [kinds.text('x'), value => isText(value) && !/[\0\r]/.test(value) && value.trim() !== ''],
    [
      one,
      value => isText(value) && !CONTROL.test(value) && value === value.trim() && [...value].length <= 100,
    ],
    [kinds.address('x'), value => isText(value) && /^[!-~]+@[a-z0-9.-]+$/.test(value)],
    [kinds.addresses('x'), value => lists(value) && value.every(item => /^[!-~]+@[a-z0-9.-]+$/.test(item))],
    [kinds.username('x'), value => isText(value) && /^[!-~]{1,64}$/.test(value)],
    [kinds.slug('x'), value => isText(value) && /^[!-~]{1,50}$/.test(value)],
    [kinds.locale('x'), value => isText(value) && value.length <= 6],
    [kinds.whole('x', 0, 9), isNumber],
    [kinds.flag('x'), value => typeof value === 'boolean'],
    [kinds.date('x'), value => isText(value) && value.length === 10],
    [kinds.attachments('x'), () => false],
    [kinds.optional(one), isText],
    [kinds.clearable(one), value => value === null || isText(value)],
  ]
  fc.assert(
    fc.property(words, fc.constantFrom(...right), (text, [kind, isRight]) => {
      const value = parsed(kind, text)
      return isSentence(value) ? isGoodSentence(value.sentence) : isRight(value)
    }),
    runs(3000),
  )
})

t.test('any text for any parameter of any method gives an answer or a sentence', async t => {
  const { call } = await desk(t)
  const slots = [...methods.values()].flatMap(({ name, params }) =>
    Object.keys(params).map(key => [name, key] as const),
  )
  const valid: Record<string, string> = {
    ticket: '31794',
    queue: '1',
    message: 'x',
    title: 'x',
    confirm: 'y',
  }
  await fc.assert(
    fc.asyncProperty(words, fc.constantFrom(...slots), async (text, [name, key]) => {
      if (key === 'new_password') return
      const has = methods.get(name)!.params
      const rest = Object.fromEntries(Object.entries(valid).filter(([other]) => Object.hasOwn(has, other)))
      const outcome = call(name, { ...rest, [key]: text }, { dry: true, actor: { kind: 'operator' } })
      const said = await outcome.then(
        ({ says }) => says,
        (error: Failure) => error,
      )
      if (said instanceof Failure && !isGoodSentence(said.message)) throw new Error(said.message)
      if (!(said instanceof Failure) && typeof said !== 'string') throw said
    }),
    runs(600),
  )
})

t.test('a secret is in no sentence', async t => {
  const { call } = await desk(t)
  const short = fc
    .string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 7 })
    .filter(text => text.trim() !== '')
  const long = fc.string({ unit: 'grapheme', minLength: 73, maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(fc.oneof(short, long), async password => {
      const refused = await refusal(call('set_password', { username: 'susan', new_password: `${password}` }))
      const told = refused.message.replace(
        /^new_password: The password (is too short; give at least 8 characters|has \d+ bytes; give at most 72)\.$/,
        '',
      )
      return told === ''
    }),
    runs(100),
  )
})

function isSentence(value: unknown): value is { sentence: string } {
  return typeof value === 'object' && value !== null && 'sentence' in value
}

function isGoodSentence(sentence: string): boolean {
  return (
    sentence.length <= 350 && /[.)]$/.test(sentence) && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(sentence)
  )
}
