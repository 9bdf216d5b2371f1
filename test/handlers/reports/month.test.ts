import t from 'tap'
import { dateOf, dayOf } from '../../../handlers/escalation/day.ts'
import {
  firstDayOf,
  monthMeant,
  monthOn,
  monthsLater,
  monthText,
  type NamedMonth,
} from '../../../handlers/reports/month.ts'

t.test('a month without its year is the newest that has begun', async t => {
  const table: [NamedMonth, string, string][] = [
    [{ month: 11 }, '2026-11-01', 'November 2026'],
    [{ month: 11 }, '2026-10-31', 'November 2025'],
    [{ month: 12 }, '2026-12-31', 'December 2026'],
    [{ month: 1 }, '2026-12-31', 'January 2026'],
    [{ ago: 0 }, '2026-01-31', 'January 2026'],
    [{ ago: 1 }, '2026-01-01', 'December 2025'],
    [{ year: 2026, month: 11 }, '2026-11-01', 'November 2026'],
    [{ year: 1970, month: 1 }, '2026-11-01', 'January 1970'],
  ]
  for (const [named, today, expected] of table)
    t.equal(monthText(monthMeant(named, dayOf(today)!)), expected, `${JSON.stringify(named)} on ${today}`)
})

t.test('a month in the future is refused', async t => {
  t.throws(() => monthMeant({ year: 2026, month: 12 }, dayOf('2026-11-30')!), {
    code: 'invalid',
    parameter: 'month',
    message: 'month: December 2026 has not begun yet; give a month up to November 2026.',
  })
})

t.test('months and their days', async t => {
  t.same(monthOn(dayOf('2028-02-29')!), { year: 2028, month: 2 })
  t.equal(dateOf(firstDayOf({ year: 2028, month: 3 }) - 1), '2028-02-29')
  t.same(monthsLater({ year: 2026, month: 12 }, 1), { year: 2027, month: 1 })
  t.same(monthsLater({ year: 2026, month: 1 }, -1), { year: 2025, month: 12 })
})
