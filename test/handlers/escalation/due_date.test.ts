import t from 'tap'
import type { Ticket } from '../../../data/tables.ts'
import { dayOf } from '../../../handlers/escalation/day.ts'
import { dueDateIn, dueSentence, withoutReminder } from '../../../handlers/escalation/due_date.ts'

// A Friday.
const TODAY = dayOf('2026-11-27')!

t.test('a due date in words', async t => {
  for (const [words, date] of [
    ['today', '2026-11-27'],
    ['Friday', '2026-12-04'],
    ['3 dec', '2026-12-03'],
    ['2026-11-27', '2026-11-27'],
    ['26 nov', '2027-11-26'],
    ['None', null],
  ] as const)
    t.equal(dueDateIn(words, TODAY), date, words)
  t.throws(() => dueDateIn('2025-12-24', TODAY), {
    code: 'invalid',
    message:
      '"2025-12-24" is Wednesday, 24 December 2025, which is past; give today or a later day, or none to take the due date away.',
  })
  for (const words of ['31 feb', 'yesterday', '', 'nothing', '2026-11-31', 'friday '.repeat(20)])
    t.throws(() => dueDateIn(words, TODAY), { code: 'invalid', message: /give a day like/ }, words)
})

t.test('the sentence of a reminder', async t => {
  for (const [date, sentence] of [
    ['2026-11-29', 'Ticket 7 is due on Sunday, 29 November.'],
    ['2026-11-28', 'Ticket 7 is due tomorrow (Saturday, 28 November).'],
    ['2026-11-27', 'Ticket 7 is due today (Friday, 27 November).'],
    ['2026-11-26', 'Ticket 7 was due on Thursday, 26 November.'],
    ['2026-01-26', 'Ticket 7 was due on Monday, 26 January 2026.'],
  ] as const)
    t.equal(dueSentence('Ticket 7', dayOf(date)!, TODAY), sentence)
})

t.test('whoever holds a ticket hears that nobody is reminded of its due date', async t => {
  const held = { status: 1, on_hold: true, due_date: '2026-12-03' } as const
  const silent = ' While it is on hold, nobody is reminded of its due date, 3 December.'
  const table: [Partial<Ticket>, string][] = [
    [{}, silent],
    [{ hold_until: 'answer' }, silent],
    [{ hold_until: '2026-12-04' }, silent],
    [{ hold_until: '2026-12-03' }, ''],
    [{ on_hold: false }, ''],
    [{ due_date: null }, ''],
    [{ due_date: '2026-11-26' }, ''],
    [{ status: 3 }, ''],
  ]
  for (const [fields, words] of table)
    t.equal(withoutReminder({ ...held, ...fields }, TODAY), words, JSON.stringify(fields))
})
