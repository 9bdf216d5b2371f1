import fc from 'fast-check'
import t from 'tap'
import { oneLine, plainPieces, plainText } from '../../handlers/text.ts'

const PIECE = 64 * 1024
/** What is kept in another form, and what stands beside it. */
const flawed = fc
  .array(fc.constantFrom('\r', '\n', '\0', '\ud83d', '\ude00', 'a', 'é', '\u2028', '😀', '\ufeff'))
  .map(pieces => pieces.join(''))

/** In the plainest words. */
function expected(given: string): string {
  return given
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '')
}

function together(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString()
}

t.test('a plain text has line feeds alone, no NUL and no half of a character', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(flawed, given => plainText(given) === expected(given))))
  t.equal(plainText('a\r\nb\rc\n\r\n\r\r\n'), 'a\nb\nc\n\n\n\n')
  t.equal(plainText('a\0b'), 'ab')
  t.equal(plainText('\ude00\ud83d\ude00\ud83d'), '\ufffd😀\ufffd')
})

t.test('a long text comes in pieces that are plain together, wherever they are cut', async t => {
  const around = fc.tuple(fc.integer({ min: PIECE - 12, max: PIECE + 2 }), flawed)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(around, ([length, given]) => {
        const long = `${'x'.repeat(length)}${given}${'y'.repeat(PIECE)}`
        return together(plainPieces(long)) === expected(long)
      }),
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
      ),
    'of UTF-8, which stays as it is',
  )
  t.same([...plainPieces('')], [])
})

t.test('25 MB of anything take no more than a moment', async t => {
  for (const unit of ['\x01', '"', '\\', '\u2028', '\ud800', '\n', '\r', '\0', '\r\n']) {
    const long = unit.repeat(25_000_000 / unit.length)
    const started = performance.now()
    let length = 0
    for (const piece of plainPieces(long)) length += piece.length
    t.ok(performance.now() - started < 5000, `of U+${unit.charCodeAt(0).toString(16)}: ${length} bytes`)
  }
})

t.test('one line has no half of a character', async t => {
  t.equal(oneLine(' a\ud800\r\n\0b\u2028 '), 'a\ufffd b')
})
