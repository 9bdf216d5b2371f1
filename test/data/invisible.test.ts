import t from 'tap'
import { HIDDEN, INVISIBLE, VISIBLE } from '../../data/invisible.ts'

/** Each is drawn as nothing or as a blank, or is half a character. */
const UNSEEN = [
  ...'\0\u0007\u001b\u007f\u0085\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029',
  ...'\u202a\u202e\u2060\u2065\u2066\u2069\u206f\u2800\u3164\ufe0e\ufe0f\ufeff\uffa0\ufff9\u{e0001}\u{e0020}\u{e0100}',
  '\ud83d',
]
const BLANKS = [...' \t\n\r\u00a0\u1680\u2003\u202f\u205f\u3000']
/** A title of a test with the character itself would be no line. */
const codeOf = (character: string) => character.codePointAt(0)!.toString(16)
const SEEN = [...'a1.é字🖨\u0301\ufffd']

t.test('what nobody sees is invisible, and no text of it and of blanks is visible', async t => {
  for (const one of UNSEEN) t.equal(`a${one}${one}b`.replace(INVISIBLE, ''), 'ab', codeOf(one))
  for (const one of SEEN) t.equal(one.replace(INVISIBLE, ''), one)
  for (const one of [...UNSEEN, ...BLANKS]) t.notOk(VISIBLE.test(one), codeOf(one))
  t.notOk(VISIBLE.test([...UNSEEN, ...BLANKS].join('')))
  for (const one of SEEN) t.ok(VISIBLE.test(`\u200b ${one}`), codeOf(one))
})

t.test('a line hides something, or it does not', async t => {
  const drawing = ['\ufe0e', '\ufe0f']
  for (const one of UNSEEN.filter(one => !drawing.includes(one)))
    t.ok(HIDDEN.test(`hold 1${one}`), codeOf(one))
  t.notOk(HIDDEN.test('create support:\t\u2764\ufe0f for printers'))
})
