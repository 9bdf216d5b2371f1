import t from 'tap'
import { date, priority, whole } from '../../../handlers/params/numbers_and_dates.ts'
import { accepted, BAD_WORDS, NEVER_A_NUMBER, parsed } from './parsed.ts'

t.test('a whole number is within its bounds, as text or as a number', async t => {
  for (const kind of [priority('x'), whole('x', 1, 9)]) {
    for (const text of NEVER_A_NUMBER)
      t.match(parsed(kind, text), { sentence: / is not a whole number / }, JSON.stringify(text))
    t.equal(parsed(kind, '1'), 1)
    t.equal(accepted(kind, 1), 1)
    for (const value of [0, 10, -1, 1.5, Number.NaN, true, []])
      t.match(accepted(kind, value), { sentence: / is not a whole number / }, String(value))
  }
  t.equal(parsed(whole('x', 0, 9), '0'), 0)
  t.equal(accepted(whole('x', 0, 9), 0), 0)
  t.same(parsed(whole('x', 0, 9), '10'), { sentence: '"10" is not a whole number from 0 to 9.' })
  t.same(parsed(priority('x'), '6'), { sentence: '"6" is not a whole number from 1 to 5.' })
  t.same(accepted(priority('x'), 6), { sentence: '6 is not a whole number from 1 to 5.' })
})

t.test('a date is a calendar date', async t => {
  for (const text of ['2026-12-31', '2024-02-29']) t.equal(parsed(date('x'), text), text)
  const bad = ['2026-02-29', '2026-13-01', '2026-1-1', '31.12.2026', '+02026-01-01']
  for (const text of [...BAD_WORDS, ...bad]) t.match(parsed(date('x'), text), { sentence: /is not a date/ })
  t.same(accepted(date('x'), 20261231), { sentence: '20261231 is not text; give a date, like 2026-12-31.' })
})
