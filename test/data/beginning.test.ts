import fc from 'fast-check'
import t from 'tap'
import { beginningOf, beginningOfBytes, wholeLinesOf } from '../../data/beginning.ts'
import { anyCharacter } from '../any_character.ts'

const text = fc.string({ unit: anyCharacter, maxLength: 60 })
const most = fc.nat(80)

t.test('a beginning is as long as allowed and ends with a whole character', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, most, (given, bytes) => {
        const beginning = beginningOf(given, bytes)
        const next = String.fromCodePoint(given.codePointAt(beginning.length) ?? 0)
        return (
          given.startsWith(beginning) &&
          Buffer.byteLength(beginning) <= bytes &&
          (beginning === given || Buffer.byteLength(beginning + next) > bytes)
        )
      }),
    ),
  )
  t.doesNotThrow(
    () =>
      fc.assert(
        fc.property(text, most, (given, bytes) => {
          return beginningOfBytes(Buffer.from(given), bytes) === beginningOf(given, bytes)
        }),
      ),
    'the same for UTF-8',
  )
  t.equal(beginningOf('ab\ud800c', 5), 'ab\ufffd', 'a lone surrogate is replaced where the text is cut')
  t.equal(beginningOfBytes(Buffer.from('\ufeffa'), 9), '\ufeffa')
})

t.test('the beginning ends with a whole line unless that loses too much', async t => {
  t.equal(wholeLinesOf('one\ntwo\nthree', 13), 'one\ntwo\nthree')
  t.equal(wholeLinesOf('one\ntwo\nthree', 10), 'one\ntwo')
  t.equal(wholeLinesOf('one\ntwothreefour', 12), 'one\ntwothree')
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '😀') }), most, (given, bytes) => {
        const lines = wholeLinesOf(given, bytes)
        return given.startsWith(lines) && beginningOf(given, bytes).startsWith(lines)
      }),
    ),
  )
})
