import fc from 'fast-check'
import t from 'tap'
import { cleanText } from '../../../../daemon/mail/html_text/clean_text.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { anyCharacter } from '../../../any_character.ts'
import { growthOf } from '../../../growth.ts'
import { runs } from '../../../runs.ts'

const WRONG = /(?![\t\n])[\p{Cc}\p{Cs}]/u

t.test('control characters go, the words stay', async t => {
  const cases: readonly (readonly [given: string, clean: string])[] = [
    [
      'red: \u001b[31mALARM\u001b[0m bell \u0007 title \u001b]0;owned\u0007 end',
      'red: [31mALARM[0m bell  title ]0;owned end',
    ],
    ['a\r\nb\rc\nd', 'a\nb\nc\nd'],
    ['a\0b\u007fc\u0085d\u009fe', 'abcde'],
    ['page one\fpage two\u000bnext', 'page one\npage two\nnext'],
    ['half \ud800 and \udc00 pair 😀', 'half \ufffd and \ufffd pair 😀'],
    ['a \t \nb  \n\n\n\n\tc\t', 'a\nb\n\n\n\n\tc'],
    ['Bye\n-- \nAnn\n -- \nx-- \n-- ', 'Bye\n-- \nAnn\n --\nx--\n-- '],
    ['a \u0007\nb \u001b', 'a\nb'],
    ['\u00a0é\u00c2\u0080', '\u00a0éÂ'],
    ['', ''],
  ]
  for (const [given, clean] of cases) t.equal(cleanText(given), clean, JSON.stringify(given))
})

t.test('any text becomes clean, and a clean text stays', async t => {
  const unit = fc.oneof(anyCharacter, fc.constantFrom(' ', '\t', '\n', '\r', '\ud800', '\u0085', '-'))
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 200 }), text => {
      const clean = cleanText(text)
      t.notOk(WRONG.test(clean), JSON.stringify(text))
      t.equal(cleanText(clean), clean)
    }),
    runs(1000),
  )
})

t.test('a character or a run of blanks at the edge of a piece is one', async t => {
  for (let length = 64 * KIB - 4; length < 64 * KIB + 2; length++) {
    const long = 'x'.repeat(length)
    t.ok(cleanText(`${long}\r\n😀 \u0085 \r\n`) === `${long}\n😀\n`)
  }
  t.equal(cleanText(`a${' '.repeat(MIB)}\r\nb`), 'a\nb')
})

t.test('it takes linear time', async t => {
  for (const shape of [' ', '\n', ' \n', '\r', '-- \n', '\u001b[0m', 'é ', '>'])
    t.equal(
      await growthOf(MIB / 32, size => {
        const long = `${shape.repeat(size / shape.length)}\0`
        return () => cleanText(long)
      }),
      'linear',
    )
})
