import fc from 'fast-check'
import t from 'tap'
import { mended } from '../../../../../../daemon/mail/in/content/structure/mended.ts'
import {
  type Leaf,
  structureOf,
  type Tree,
} from '../../../../../../daemon/mail/in/content/structure/parts.ts'
import { readHeaders } from '../../../../../../daemon/mail/in/headers.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

const PART = 'Content-Type: text/plain\r\n\r\n'
const BASE64 = 'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n'
const INNER = 'Content-Type: multipart/alternative; boundary=c\r\n\r\n'

function leavesOf(tree: Tree): readonly Leaf[] {
  return 'children' in tree ? tree.children.flatMap(leavesOf) : [tree]
}

/** The types and texts of the leaves of a mail after mending, and its faults. */
async function read(raw: string) {
  const { bytes, faults } = mended(Buffer.from(raw, 'latin1'))
  const { tree, faults: more } = await structureOf(bytes, readHeaders(bytes))
  return {
    leaves: leavesOf(tree).map(({ type, content }) => `${type}: ${content.toString('latin1').trim()}`),
    faults: [...faults, ...more],
  }
}

t.test('a proper mail is not changed', async t => {
  for (const raw of [
    `Subject: x\r\n\r\nText.\r\n`,
    `Subject: x\r\n`,
    `Subject: x\r\n \r\n folded\r\n\r\nText.\r\n`,
    `Content-Type: multipart/mixed; boundary="a b"\r\n\r\nThis is a message in MIME format.\r\n--a b\r\n${PART}one\r\n--a b  \r\n${PART}two\r\n--a b--\r\n`,
    `Content-Type: multipart/mixed; boundary=(comment)b (other)\r\n\r\n--(comment)b\r\n\r\nx\r\n--(comment)b--\r\n`,
    // A part may have nothing but its header.
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n--b--\r\n',
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${BASE64}SGVs\r\nbG8=\r\n\r\n--b--\r\n\r\n--b--\r\n`,
    `${BASE64}SGVs bG8=\r\n`,
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${BASE64}\r\n--b--\r\n`,
    // Two multiparts may have the same boundary.
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${INNER}--c\r\n${PART}x\r\n--c--\r\n`.repeat(2)}--b--\r\n`,
  ]) {
    const { bytes, faults } = mended(Buffer.from(raw))
    t.equal(bytes.toString(), raw)
    t.same(faults, [], raw)
  }
})

t.test('what is no multipart has no parts', async t => {
  const text = (boundary: string) =>
    `one\r\n--${boundary}\r\nContent-Type: image/png\r\n\r\ntwo\r\n--${boundary}--\r\nthree`
  for (const type of ['text/html', 'text/plain', 'application/pdf']) {
    for (const name of ['boundary', 'Bound(x)ary', 'boundary*0', 'boundary*']) {
      const field = (boundary: string) => `Content-Type: ${type}; ${name}=${boundary}\r\n\r\n`
      const whole = await read(`${field('b')}${text('b')}`)
      t.same(whole, { leaves: [`${type}: ${text('b')}`], faults: [] }, field('b'))
      const parts = `--b\r\n${field('c')}${text('c')}\r\n--b--\r\n`
      const part = await read(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`)
      t.same(part, { leaves: [`${type}: ${text('c')}`], faults: [] }, `a part: ${field('c')}`)
    }
  }
  for (const type of [
    '(c) multipart/mixed',
    '"multipart/mixed"',
    'multipart(c)/mixed',
    'multi\\part/mixed',
  ]) {
    const { leaves } = await read(`Content-Type: ${type}; boundary=b\r\n\r\n--b\r\n${PART}one\r\n--b--\r\n`)
    t.same(leaves, ['text/plain: one'], `${type} is one for mailparser`)
  }
})

const NO_END = 'a header in it does not end as it should'
const NO_PARTS = 'it does not say where its parts begin'
const AFTER_END = 'it has parts after its end'
const NOT_BASE64 = 'something in it is not base64 as it says'
const table: readonly (readonly [what: string, raw: string, leaves: readonly string[], fault: string])[] = [
  ['no empty line', 'Subject: x\nThe printer burns.\n', ['text/plain: The printer burns.'], NO_END],
  ['a blank in the empty line', 'Subject: x\r\n \t\r\nIt burns.\r\n', ['text/plain: It burns.'], NO_END],
  ['no header', 'It burns: all of it.\r\n', ['text/plain: It burns: all of it.'], 'it has no header'],
  ['only blanks', ' \r\n \r\nText.', ['text/plain: Text.'], 'it has no header'],
  [
    'a broken field, after which the header goes on',
    `Subject: a long\r\nsubject\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${PART}x\r\n--b--`,
    ['text/plain: x'],
    '',
  ],
  [
    'no empty line in a part',
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\nHello you\r\n--b--`,
    ['text/plain: Hello you'],
    NO_END,
  ],
  [
    'a missing boundary',
    `Content-Type: multipart/mixed\r\n\r\n--x1\r\n${PART}one\r\n--x1\r\n${PART}two\r\n--x1--`,
    ['text/plain: one', 'text/plain: two'],
    NO_PARTS,
  ],
  [
    'a part after the end',
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${PART}x\r\n--b--\r\n--b\r\n${PART}y\r\n--b--\r\n`,
    ['text/plain: x'],
    AFTER_END,
  ],
  ['prose as base64', `${BASE64}It burns again\r\n`, ['text/plain: It burns again'], NOT_BASE64],
  [
    'prose as base64 in a part',
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${BASE64}It burns!\r\n--b--\r\n`,
    ['text/plain: It burns!'],
    NOT_BASE64,
  ],
  [
    'a footer below base64',
    `${BASE64}SGVs\r\n__\r\nOur lists`,
    ['text/plain: Hel:\xea\xe5\x8a\xcbl'],
    NOT_BASE64,
  ],
  ['no boundary at all', 'Content-Type: multipart/mixed\r\n\r\nWords.', ['text/plain: Words.'], NO_PARTS],
  [
    'an empty boundary',
    `Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n${PART}one\r\n--\r\n${PART}two\r\n----\r\n`,
    ['text/plain: one', 'text/plain: two'],
    NO_PARTS,
  ],
  [
    'a wrong boundary',
    `Content-Type: multipart/mixed; boundary=a\r\n\r\n--b\r\n${PART}one\r\n--b--\r\n`,
    ['text/plain: one'],
    NO_PARTS,
  ],
  [
    'a wrong boundary of an inner multipart',
    `Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--d\r\n${PART}one\r\n--d--\r\n--a\r\n${PART}two\r\n--a--`,
    ['text/plain: one', 'text/plain: two'],
    NO_PARTS,
  ],
  [
    'an inner multipart without parts',
    `Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\nwords\r\n--a\r\n${PART}two\r\n--a--`,
    ['text/plain: words', 'text/plain: two'],
    NO_PARTS,
  ],
  [
    'a boundary of characters that cannot stand in one',
    `Content-Type: multipart/mixed\r\n\r\n--"x"\r\n${PART}one\r\n--"x"--`,
    [`text/plain: --"x"\r\n${PART}one\r\n--"x"--`],
    NO_PARTS,
  ],
  [
    'base64 that stops inside a character',
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAABBBBCC\r\n',
    ['image/png: \0\0\0\x04\x10A\x08'],
    'its end is missing',
  ],
]
for (const [what, raw, leaves, fault] of table)
  t.test(what, async t => {
    t.same(await read(raw), { leaves, faults: fault === '' ? [] : [fault] })
  })

t.test('words outside the parts are noticed', async t => {
  const outside = (before: string, between: string, after: string) =>
    mended(
      Buffer.from(
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${before}\r\n--b\r\n${INNER}--c\r\n${PART}x\r\n--c--\r\n${between}\r\n--b--\r\n${after}\r\n`,
      ),
    ).hasOutside
  t.notOk(outside('This is a multi-part message in MIME format.', '', '\r\n--b--'))
  t.ok(outside('It burns.', '', ''))
  t.ok(outside('', 'It burns.', ''))
  t.ok(outside('', '', 'It burns.'))
})

t.test('a mail with too many parts gives the first ones', async t => {
  const wide = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${PART}x\r\n`.repeat(1100)}--b--`
  const read = async (raw: string) => {
    const { bytes, faults } = mended(Buffer.from(raw))
    const { tree } = await structureOf(bytes, readHeaders(bytes))
    return [leavesOf(tree).length, faults]
  }
  t.same(await read(wide), [900, ['it has too many parts']])
  const inner = Array.from(
    { length: 1100 },
    (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`,
  ).join('')
  const deep = `Content-Type: multipart/mixed; boundary=b0\r\n\r\n--b0\r\n${PART}first\r\n${inner}`
  t.same(await read(deep), [1, ['it has too many parts']])
})

t.test('any bytes have a structure', async () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '--b',
      '--b--',
      '--',
      '----',
      'text',
      'Content-Type: multipart/mixed; boundary=b',
    ),
    fc.constantFrom(
      'Content-Type: multipart/mixed',
      'Content-Transfer-Encoding: base64',
      'Subject: x',
      'AAA',
    ),
    fc.string({ maxLength: 20 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), async lines => {
      const { bytes } = mended(Buffer.from(lines.join('\r\n')))
      const { faults } = await structureOf(bytes, readHeaders(bytes))
      return faults.length === 0
    }),
    runs(300),
  )
})

t.test('mending takes linear time', async t => {
  const heads = 'Content-Type: multipart/mixed; boundary=b1\r\n\r\n'
  const unsplit = (size: number) =>
    `--b1\nContent-Type: x; boundary=b; ${'k'.repeat(size / 2)}="${'\u00e9'.repeat(size / 2)}"\n\n`
  t.equal(
    await growthOf(3000, size => {
      const raw = Buffer.from(heads + unsplit(size), 'latin1')
      return () => mended(raw)
    }),
    'linear',
    'a long parameter beside a boundary',
  )
  for (const line of [
    '--\n',
    '\n',
    '-',
    '--b1\n',
    'a: b\n',
    '--b\nContent-Type: multipart/mixed\n\n',
    '--x\nContent-\n',
    '--b1\nContent-Type: text/html; boundary=b; name="a b"\n\n',
  ])
    t.equal(
      await growthOf(5000, size => {
        const raw = Buffer.from(heads + line.repeat(size / line.length))
        return () => mended(raw)
      }),
      'linear',
      JSON.stringify(line),
    )
})
