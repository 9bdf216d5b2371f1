import fc from 'fast-check'
import t from 'tap'
import { tidied } from '../../../handlers/command/tidied.ts'
import { anyCharacter } from '../../any_character.ts'
import { growthOf } from '../../growth.ts'
import { runs } from '../../runs.ts'

t.test('a line without what people type around a command', async t => {
  const table: [string, string][] = [
    ['Please hold 5', 'hold 5'],
    ['hold 5 pls.', 'hold 5'],
    ['close 5, thank you!', 'close 5'],
    ['“hold 5”', 'hold 5'],
    ["'hold 5 till friday…'", 'hold 5 until friday'],
    ['hold ticket no. 5', 'hold ticket 5'],
    ['hold number #5', 'hold #5'],
    ['hold 5, waiting for the part', 'hold 5: waiting for the part'],
    ['hold 5... waiting', 'hold 5: waiting'],
    ['hold 5, 7, and 9; waiting', 'hold 5, 7, and 9: waiting'],
    ['hold [support-5], waiting', 'hold [support-5]: waiting'],
    ['resolve 5 - 3 fuses', 'resolve 5: 3 fuses'],
    ['priority 5 = 1', 'priority 5 1'],
    ['hold: 5', 'hold 5'],
    ['Please resolve 5: floor 2, room 3 - done', 'resolve 5: floor 2, room 3 - done'],
    ['hold 5', 'hold 5'],
    ['please', ''],
    ['', ''],
  ]
  for (const [line, expected] of table) t.equal(tidied(line), expected, line)
})

t.test('whatever politeness and marks stand around a command go', async () => {
  const command = fc.constantFrom('hold 5', 'hold #5, 7', 'resolve 5: It works - at last', 'assign 5 tom')
  const polite = fc.array(fc.constantFrom('please', 'Pls,', '“', '…', 'thanks', 'now!', '!!'))
  fc.assert(
    fc.property(polite, command, polite, (before, line, after) => {
      return tidied([...before, line, ...after].join(' ')) === line
    }),
    runs(500),
  )
})

t.test('any line is tidied in linear time', async t => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 100 }), line => typeof tidied(line) === 'string'),
    runs(500),
  )
  for (const part of ['5, ', 'please ', '“', '5 - ', 'no ', ' ']) {
    const growth = await growthOf(1_500, n => {
      const line = `hold ${part.repeat(n / part.length)}x`
      return () => tidied(line)
    })
    t.equal(growth, 'linear', part)
  }
})
