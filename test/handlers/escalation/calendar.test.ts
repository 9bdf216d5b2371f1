import t from 'tap'
import type { Exclusion } from '../../../data/tables.ts'
import { calendarOf } from '../../../handlers/escalation/calendar.ts'
import { dateOf, dayOf } from '../../../handlers/escalation/day.ts'

const exclusions: Exclusion[] = [
  { id: 1, name: 'Sundays', weekday: 0 },
  { id: 2, name: 'Christmas', yearly: '12-25' },
  { id: 3, name: 'Moving house', queues: [1, 2], date: '2026-12-22' },
  { id: 4, name: 'A leap day', yearly: '02-29' },
]

t.test('a day counts unless an exclusion of the queue, or of all queues, names it', async t => {
  const counted = (queue: number, from: string, days: number) => {
    const calendar = calendarOf(exclusions, queue)
    const all = Array.from({ length: days }, (_, index) => dayOf(from)! + index)
    return all.filter(day => calendar.counts(day)).map(day => dateOf(day).slice(5))
  }
  t.strictSame(counted(1, '2026-12-19', 9), ['12-19', '12-21', '12-23', '12-24', '12-26'])
  t.strictSame(counted(3, '2026-12-19', 9), ['12-19', '12-21', '12-22', '12-23', '12-24', '12-26'])
  t.strictSame(counted(3, '2027-12-24', 2), ['12-24'], 'every year')
  t.strictSame(counted(3, '2028-02-28', 3), ['02-28', '03-01'])
})
