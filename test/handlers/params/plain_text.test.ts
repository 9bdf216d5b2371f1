import fc from 'fast-check'
import t from 'tap'
import { oneLine, plainPieces, plainText } from '../../../handlers/params/plain_text.ts'
import { runs } from '../../runs.ts'

const PIECE = 64 * 1024
/** Texts with characters that are converted, next to others. */
const flawed = fc
  .array(fc.constantFrom('\r', '\n', '\0', '\ud83d', '\ude00', 'a', 'é', '\u2028', '😀', '\ufeff'))
  .map(pieces => pieces.join(''))

/** The same conversion by regular expressions. */
function expected(given: string): string {
  return given
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '')
}

function together(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString()
}

t.test('a plain text has only line feeds, no NUL and no lone surrogate', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(flawed, given => plainText(given) === expected(given))))
  t.equal(plainText('a\r\nb\rc\n\r\n\r\r\n'), 'a\nb\nc\n\n\n\n')
  t.equal(plainText('a\0b'), 'ab')
  t.equal(plainText('\ude00\ud83d\ude00\ud83d'), '\ufffd😀\ufffd')
})

t.test('the pieces of a long text are together the plain text, wherever they are cut', async t => {
  const halves = `${'x'.repeat(PIECE - 1)}\ud83d😀${'y'.repeat(PIECE)}`
  t.equal(together(plainPieces(halves)), expected(halves), 'a lone surrogate before a whole character')
  const around = fc.tuple(fc.integer({ min: PIECE - 12, max: PIECE + 2 }), flawed)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(around, ([length, given]) => {
        const long = `${'x'.repeat(length)}${given}${'y'.repeat(PIECE)}`
        return together(plainPieces(long)) === expected(long)
      }),
      runs(100),
    ),
  )
  t.doesNotThrow(
    () =>
      fc.assert(
        fc.property(around, ([length, given]) => {
          const long = Buffer.from(`${'x'.repeat(length)}${given}${'y'.repeat(PIECE)}`)
          const before = Buffer.from(long)
          return together(plainPieces(long)) === expected(long.toString()) && long.equals(before)
        }),
        runs(100),
      ),
    'the same in UTF-8, and the given bytes stay unchanged',
  )
  t.same([...plainPieces('')], [])
})

t.test('a long text of any one character becomes plain', async t => {
  const bytes = { '\x01': 1, '"': 1, '\\': 1, '\u2028': 3, '\ud800': 3, '\n': 1, '\r': 1, '\0': 0, '\r\n': 1 }
  for (const [unit, each] of Object.entries(bytes)) {
    const times = 1_000_000
    let length = 0
    for (const piece of plainPieces(unit.repeat(times))) length += piece.length
    t.equal(length, each * times, `of U+${unit.charCodeAt(0).toString(16)}`)
  }
})

t.test('one line has no lone surrogate', async t => {
  t.equal(oneLine(' a\ud800\r\n\0b\u2028 '), 'a\ufffd b')
})
