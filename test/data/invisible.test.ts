import t from 'tap'
import { HIDDEN, INVISIBLE, VISIBLE } from '../../data/invisible.ts'

/** Characters that are drawn as nothing or as a blank, and lone surrogates. */
const UNSEEN = [
  ...'\0\u0007\u001b\u007f\u0085\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029',
  ...'\u202a\u202e\u2060\u2065\u2066\u2069\u206f\u2800\u3164\ufe0e\ufe0f\ufeff\uffa0\ufff9\u{e0001}\u{e0020}\u{e0100}',
  '\ud83d',
]
const BLANKS = [...' \t\n\r\u00a0\u1680\u2003\u202f\u205f\u3000']
/** The code point, for test titles, since the character itself could break the line. */
const codeOf = (character: string) => character.codePointAt(0)!.toString(16)
const SEEN = [...'a1.é字🖨\u0301\ufffd']

t.test('invisible characters are found, and a text of them and blanks is not visible', async t => {
  for (const one of UNSEEN) t.equal(`a${one}${one}b`.replace(INVISIBLE, ''), 'ab', codeOf(one))
  for (const one of SEEN) t.equal(one.replace(INVISIBLE, ''), one)
  for (const one of [...UNSEEN, ...BLANKS]) t.notOk(VISIBLE.test(one), codeOf(one))
  t.notOk(VISIBLE.test([...UNSEEN, ...BLANKS].join('')))
  for (const one of SEEN) t.ok(VISIBLE.test(`\u200b ${one}`), codeOf(one))
})

t.test('a line with a hidden character is found, but tabs and emoji are allowed', async t => {
  const drawing = ['\ufe0e', '\ufe0f']
  for (const one of UNSEEN.filter(one => !drawing.includes(one)))
    t.ok(HIDDEN.test(`hold 1${one}`), codeOf(one))
  t.notOk(HIDDEN.test('create support:\t\u2764\ufe0f for printers'))
})
