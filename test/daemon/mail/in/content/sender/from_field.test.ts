// One thing: what a From field gives, by examples, by generated fields, and by bytes of any kind.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  addressees,
  fromField,
  replyToField,
} from '../../../../../../daemon/mail/in/content/sender/from_field.ts'
import { readHeaders } from '../../../../../../daemon/mail/in/headers.ts'
import { gate } from '../../../../../../daemon/mail/in/proofs/header_gate.ts'
import { maybeAddress } from '../../../../../../data/address.ts'
import { HIDDEN } from '../../../../../../data/invisible.ts'
import { anyCharacter } from '../../../../../any_character.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'
import { mailOf } from '../../mail_of.ts'

/** A text as the bytes of a mail, in Latin-1. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function of(...values: string[]) {
  return fromField(values.map(utf8), [])
}

/** A From field, its address, and its name. */
const readable: readonly (readonly [string, string, string])[] = [
  ['ann@customer.example', 'ann@customer.example', ''],
  ['<ann@customer.example>', 'ann@customer.example', ''],
  ['  Ann.Lee+x@Customer.EXAMPLE ', 'Ann.Lee+x@customer.example', ''],
  ['Ann Lee <ann@customer.example>', 'ann@customer.example', 'Ann Lee'],
  ['"Lee, Ann" <ann@customer.example>', 'ann@customer.example', 'Lee, Ann'],
  ['"Ann \\"Annie\\" Lee"<ann@customer.example>', 'ann@customer.example', 'Ann "Annie" Lee'],
  ['Ann "Annie" Lee <ann@customer.example>', 'ann@customer.example', 'Ann Annie Lee'],
  ['Lee, Ann <ann@customer.example>', 'ann@customer.example', 'Lee, Ann'],
  ['J. R. Lee [Sales] <ann@customer.example>', 'ann@customer.example', 'J. R. Lee [Sales]'],
  ['Jörg Müller <joerg@customer.example>', 'joerg@customer.example', 'Jörg Müller'],
  [
    '=?utf-8?Q?J=C3=B6rg?= =?utf-8?B?IE3DvGxsZXI=?= <joerg@customer.example>',
    'joerg@customer.example',
    'Jörg Müller',
  ],
  ['"=?utf-8?Q?J=C3=B6rg?=" <joerg@customer.example>', 'joerg@customer.example', 'Jörg'],
  ['ann@customer.example (Ann Lee)', 'ann@customer.example', 'Ann Lee'],
  ['(Ann (the boss) Lee) ann@customer.example', 'ann@customer.example', 'Ann (the boss) Lee'],
  ['Ann (Support) <ann@customer.example> (Lee)', 'ann@customer.example', 'Ann'],
  ['<ann@customer.example> (Ann \\) Lee)', 'ann@customer.example', 'Ann ) Lee'],
  ['Ann Sender <ann@customer(comment).  example>', 'ann@customer.example', 'Ann Sender'],
  ['ann . lee @ customer . example', 'ann.lee@customer.example', ''],
  ['(a)ann(b)@(c)customer(d).(e)example(f)', 'ann@customer.example', 'a b c d e f'],
  ['"ann"@customer.example', 'ann@customer.example', ''],
  ['"ann.lee"@customer.example', 'ann.lee@customer.example', ''],
  ['Ann <ann@bücher.example>', 'ann@xn--bcher-kva.example', 'Ann'],
  ['Ann <ann@BÜCHER.example>', 'ann@xn--bcher-kva.example', 'Ann'],
  ['Ann <ann@bu\u0308cher.example>', 'ann@xn--bcher-kva.example', 'Ann'],
  ['Ann <ann@build_1.bücher.example>', 'ann@build_1.xn--bcher-kva.example', 'Ann'],
  ['Ann <ann@xn--mller-kva.example>', 'ann@xn--mller-kva.example', 'Ann'],
  ['Ann <ann@build_server.example>', 'ann@build_server.example', 'Ann'],
  ['"ceo@victim.example" <x@y.example>', 'x@y.example', 'ceo@victim.example'],
  ['"<ceo@victim.example>" <x@y.example>', 'x@y.example', '<ceo@victim.example>'],
  ['=?utf-8?Q?ceo=40victim.example=3E?= <x@y.example>', 'x@y.example', 'ceo@victim.example>'],
  ['(ceo@victim.example) x@y.example', 'x@y.example', 'ceo@victim.example'],
  ['ann@customer.example <ann@customer.example>', 'ann@customer.example', ''],
  ['"Ann@Customer.example" <ann@customer.example>', 'ann@customer.example', ''],
  ['"\'ann@customer.example\'" <ann@customer.example>', 'ann@customer.example', ''],
  ['Ann <ann@customer.example>, Bob <bob@customer.example>', 'ann@customer.example', 'Ann'],
  [',ann@customer.example,,bob@customer.example,', 'ann@customer.example', ''],
  ['Lee, Ann <ann@customer.example>, Ray, Bob <bob@customer.example>', 'ann@customer.example', 'Lee, Ann'],
  ['The team: Ann <ann@customer.example>, bob@customer.example;', 'ann@customer.example', 'Ann'],
  ['"The team": ann@customer.example; (all)', 'ann@customer.example', ''],
  ['=?utf-8?Q?a=0D=0ABcc:_x?= <ann@customer.example>', 'ann@customer.example', 'a Bcc: x'],
  [
    '=?utf-8?Q?Lee,_Ann_(Sales;_[x]:)?= <ann@customer.example>',
    'ann@customer.example',
    'Lee, Ann (Sales; [x]:)',
  ],
  ['"Ann\u202egnp.exe\u2066" <ann@customer.example>', 'ann@customer.example', 'Ann gnp.exe'],
  [`${'ö'.repeat(300)} <ann@customer.example>`, 'ann@customer.example', 'ö'.repeat(100)],
  [`${'😀'.repeat(300)} <ann@customer.example>`, 'ann@customer.example', '😀'.repeat(100)],
  [`"${'a'.repeat(60_000)}" <ann@customer.example>`, 'ann@customer.example', 'a'.repeat(100)],
]

t.test('the address and the name in every syntax', async t => {
  for (const [value, address, name] of readable) t.match(of(value), { address, name }, value.slice(0, 80))
})

const unreadable: readonly string[] = [
  '',
  'Ann',
  '[??????]',
  'undisclosed recipients:;',
  'power quadrant system@third.example',
  '"your secret past" <power quadrant system@third.example>',
  'Ann ann@customer.example',
  '=?utf-8?Q?attacker?Q?agent?=@victim.example',
  '<=?utf-8?Q?attacker?=@victim.example>',
  '=?utf-8?Q?boss=40victim.example?=',
  '=?utf-8?Q?boss@victim.example?= <x@y.example>',
  '=?utf-8?Q?<boss>?= <x@y.example>',
  '=?utf-8?Q?boss?=victim@evil.example',
  '"=?utf-8?Q?boss?="@victim.example',
  '"boss@victim.example x"@evil.example',
  '" ann"@customer.example',
  '"ann lee"@customer.example',
  '""@customer.example',
  'ann(x)lee@customer.example',
  'ann@customer.example(x)evil',
  'ann@customer.example evil.example',
  'ann@customer. .example',
  'ann.@customer.example',
  'ann@customer.example.',
  'ann@"customer".example',
  'ann@[127.0.0.1]',
  'ann@@customer.example',
  '@customer.example',
  'ann@',
  '<>',
  '<ann@customer.example',
  'ann@customer.example>',
  'Ann <ann@customer.example> Lee',
  'Ann <<ann@customer.example>>',
  '<boss@victim.example><x@y.example>',
  '<x@y.example> <boss@victim.example>',
  'boss@victim.example <x@y.example>',
  'Ann @ Home <ann@customer.example>',
  '<@relay.example,@b.example:ann@customer.example>',
  'a@b.example, Ann',
  'ann, bob@customer.example',
  'a@b.example; c@d.example',
  'a: ann@b.example; c: d@e.example;',
  'a: b: ann@b.example;',
  'a: ann@b.example',
  'a: ann@b.example; x@y.example',
  'a@b: ann@b.example;',
  'ann@b.example;',
  '"Ann "the boss" Lee" <ann@customer.example>',
  '"Ann <ann@customer.example>',
  'Ann" <ann@customer.example>',
  '(Ann <ann@customer.example>',
  'Ann) <ann@customer.example>',
  'Ann \\" <ann@customer.example>',
  '"Ann\\" <ann@customer.example>',
  'Ann\0 <ann@customer.example>',
  '"A\u0001nn" <ann@customer.example>',
  'Ann <a\x7fnn@customer.example>',
  '"Jöhn Doe" <jdöe@mächine.example>',
  'ann@\u212aate.example',
  'ann@ａbücher.example',
  'ann@bücher\u3002example',
  'ann@bü\u00adcher.example',
  'ann@bücher..example',
  'ann@bücher.1',
  `${'a'.repeat(65)}@customer.example`,
  `ann@${'b'.repeat(64)}.example`,
  `${'a'.repeat(70_000)} <ann@customer.example>`,
]

t.test('no address where the field has another reading, or none', async t => {
  for (const value of unreadable) t.match(of(value), { address: null, name: '' }, value.slice(0, 80))
  t.equal(fromField(['ann@b\xfccher.example'], []).address, null, 'no charset is guessed for an address')
})

t.test('of several fields the one with an address is taken', async t => {
  t.match(of('[??????]', '=?utf-8?B?6YO955C5?= <ann@customer.example>'), {
    address: 'ann@customer.example',
    name: '都琹',
    written: '都琹 <ann@customer.example>',
  })
  t.match(of('Ann <ann@customer.example>', 'ANN@customer.example'), { address: 'ann@customer.example' })
  t.same(of('ann@customer.example', 'eve@evil.example'), {
    address: null,
    name: '',
    written: 'ann@customer.example, eve@evil.example',
  })
  t.same(of(), { address: null, name: '', written: '' })
})

t.test('a field without an address is shown as written', async t => {
  t.equal(of('"Jöhn Doe" <jdöe@mächine.example>').written, '"Jöhn Doe" <jdöe@mächine.example>')
  t.equal(of('=?utf-8?Q?J=C3=B6hn?= <a b@c>').written, 'Jöhn <a b@c>')
  t.equal(of(`a\u202eb\tc${' '.repeat(50)}d =?utf-8?Q?=0D=0Ae?=`).written, 'a b c d e')
  t.equal(of('x'.repeat(1000)).written, 'x'.repeat(200))
})

t.test('an answer to several addresses goes to none of them', async t => {
  t.match(replyToField(['Ann <ann@customer.example>'], []), { address: 'ann@customer.example', name: 'Ann' })
  t.match(replyToField(['ann@customer.example, bob@customer.example'], []), { address: null })
  t.match(replyToField(['ann@customer.example', 'bob@customer.example'], []), { address: null })
})

const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/^_`{|}~-]{1,12}$/)
const label = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,10}[A-Za-z]$/)
const mailboxParts = fc.record({
  local: fc.array(atom, { minLength: 1, maxLength: 3 }),
  domain: fc.array(label, { minLength: 1, maxLength: 4 }),
})
/** What may stand between any two tokens. */
const between = fc.constantFrom(
  '',
  ' ',
  '\t ',
  '(x)',
  ' (a@b.example) ',
  '(a (b\\) "c) d)',
  '(<e@f.example>)',
)
const words = fc.array(fc.oneof(atom, fc.constantFrom('Müller', 'J.', '=?utf-8?Q?=40?=', '[x]')), {
  maxLength: 3,
})
const quoted = fc
  .string({
    unit: fc.constantFrom('a', ' ', '@', '<', '>', ',', ';', ':', '(', ')', '\\"', '\\\\', '.', 'ö'),
    maxLength: 30,
  })
  .map(text => `"${text}"`)
const phrase = fc.oneof(
  words.map(all => all.join(' ')),
  quoted,
  fc.tuple(atom, quoted).map(all => all.join(' ')),
)
/** A mailbox in any syntax, and its address. */
const written = fc
  .tuple(
    mailboxParts,
    fc.array(between, { minLength: 7, maxLength: 13 }),
    phrase,
    fc.constantFrom('bare', 'angle', 'named'),
  )
  .map(([{ local, domain }, blanks, name, form]) => {
    let place = 0
    const next = () => blanks[place++ % blanks.length]
    const dotted = (parts: string[]) => parts.map(part => `${next()}${part}${next()}`).join('.')
    const spec = `${dotted(local)}@${dotted(domain)}`
    const address = `${local.join('.')}@${domain.join('.').toLowerCase()}`
    const angle = `<${spec}>${next()}`
    return {
      address,
      text: form === 'bare' ? spec : form === 'angle' ? `${next()}${angle}` : `${name} ${angle}`,
    }
  })
  .filter(({ address }) => maybeAddress(address) !== undefined && !address.includes('=?'))

t.test('property: a valid field gives exactly the address that it was made from', async () => {
  fc.assert(
    fc.property(written, ({ address, text }) => assert.equal(of(text).address, address)),
    runs(3000),
  )
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 4 }), fc.boolean(), (all, isGroup) => {
      const list = all.map(({ text }) => text).join(',')
      assert.equal(of(isGroup ? `A group:${list};` : list).address, all[0]!.address)
    }),
    runs(1000),
  )
})

t.test('property: a damaged field gives its address or none', async () => {
  const damage = fc.constantFrom(
    '"',
    '(',
    ')',
    '<',
    '>',
    '\\',
    ' ',
    '@',
    ',',
    ';',
    ':',
    '\0',
    '"boss@victim.example"',
  )
  fc.assert(
    fc.property(written, fc.nat(), damage, ({ address, text }, place, inserted) => {
      const at = place % (text.length + 1)
      const damaged = text.slice(0, at) + inserted + text.slice(at)
      assert.ok([null, address].includes(of(damaged).address), damaged)
    }),
    runs(3000),
  )
})

t.test('property: a From that passes the gate gives the same address', async () => {
  const piece = fc.constantFrom(
    'ann@customer.example',
    '"',
    '<',
    '>',
    ' ',
    '(',
    ')',
    'Ann',
    '\\',
    ',',
    '.',
    '@',
    '=?utf-8?Q?a?=',
    ':',
    '[',
    '\t',
    'x_y',
  )
  const text = fc.oneof(
    written.map(({ text }) => text),
    fc.array(piece, { maxLength: 8 }).map(pieces => pieces.join('')),
    fc
      .tuple(fc.string({ maxLength: 20 }), fc.constantFrom('<a@b.example>', ' <ann@x_y.example>'))
      .map(all => all.join('')),
  )
  let passed = 0
  fc.assert(
    fc.property(text, value => {
      const headers = readHeaders(mailOf(`From: ${utf8(value)}`, 'Subject: hold 1'))
      const gated = gate(headers, { loggedIn: true })
      if ('refused' in gated) return
      passed++
      assert.equal(fromField(headers.values.get('from')!, []).address, gated.from, value)
    }),
    runs(5000),
  )
  assert.ok(passed > 0)
  const long = `From: "${'a'.repeat(63_000)}" <ann@customer.example>`
  const headers = readHeaders(mailOf(long, 'Subject: hold 1'))
  assert.deepEqual(gate(headers, { loggedIn: true }), { from: 'ann@customer.example' })
  assert.equal(fromField(headers.values.get('from')!, []).address, 'ann@customer.example')
})

t.test('property: any bytes give a valid result', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map(all => Buffer.from(all).toString('latin1')),
    fc.string({ unit: anyCharacter, maxLength: 300 }).map(utf8),
    fc
      .array(fc.constantFrom('=?utf-8?B?', '?=', '2D3Y', '=?utf-8?Q?', '=0A', '<a@b>', '"', '(', '\xff'), {
        maxLength: 40,
      })
      .map(all => all.join('')),
  )
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 3 }), values => {
      const { address, name, written } = fromField(values, [])
      if (address !== null) assert.equal(maybeAddress(address), address)
      for (const [text, most] of [
        [name, 100],
        [written, 200],
      ] as const) {
        assert.ok([...text].length <= most)
        assert.ok(!HIDDEN.test(text) && !/[\n\t]/.test(text), JSON.stringify(text))
      }
    }),
    runs(3000),
  )
})

t.test('time is linear whatever a field repeats', async t => {
  for (const repeated of [
    '(',
    ')',
    '"',
    '\\',
    '"\\',
    '<',
    ',',
    '=?',
    '=?utf-8?Q?',
    'a@b,',
    '<a@b>',
    '()',
    '.a',
    ' ',
    '\xc3\xbc',
    'g:',
    ';',
    '=?x?q?a?= ',
  ]) {
    const growth = await growthOf(250, n => {
      const whole = repeated.repeat(Math.ceil(n / repeated.length))
      const values = [whole, `${whole}<a@b.example>`, `"${whole}" <a@b.example>`, `a@${whole}.example`]
      return () => [fromField(values, []), replyToField(values, [])]
    })
    t.equal(growth, 'linear', JSON.stringify(repeated))
  }
  // All fields of a header block together have at most 256 KiB.
  const growth = await growthOf(60, n => {
    const values = Array.from({ length: n }, () => 'a@b.example')
    return () => fromField(values, [])
  })
  t.equal(growth, 'linear')
})

t.test('the addresses of To and Cc are read as far as they can be', async t => {
  const of = (...values: string[]) => addressees(values.map(utf8))
  t.same(of('Ann <ann@customer.example>, bob@customer.example'), [
    'ann@customer.example',
    'bob@customer.example',
  ])
  t.same(of('"Lee, Ann" <ann@customer.example>, <broken, bob@customer.example'), [
    'ann@customer.example',
    'bob@customer.example',
  ])
  t.same(of('eve@@x, "carl@customer.example, dan@customer.example'), [], 'a quote without an end')
  t.same(of('undisclosed-recipients:;'), [])
  t.same(of('Team: ann@customer.example, bob@customer.example;'), [
    'ann@customer.example',
    'bob@customer.example',
  ])
  t.same(of('ann@customer.example', 'Ann@Customer.example, bob@customer.example'), [
    'ann@customer.example',
    'bob@customer.example',
  ])
  const many = Array.from({ length: 30_000 }, (_, n) => `Person ${n} <p${n}@customer.example>`)
  t.same(
    of(many.join(', ')),
    many.slice(0, 100).map((_, n) => `p${n}@customer.example`),
  )
})
