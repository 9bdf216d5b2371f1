import t, { type Test } from 'tap'
import type { Options } from '../../../handlers/call.ts'
import type { Report } from '../../../handlers/reports/report.ts'
import { ann, type Desk, desk, fred, QUEUE, refusal, susan } from '../fixture.ts'

const hours = { at: '09:00', time_zone: 'Europe/Vienna' }
/** Where the months of tickets are reported. */
const NOW = '2026-04-15T10:00:00.000Z'

/** Queues support (Vienna) and sales (New York); Saturdays and, in support, 10 March do not count. */
async function furnished(t: Test): Promise<Desk> {
  const made = await desk(t)
  const sales = { id: 2, slug: 'sales', title: 'Sales', email_address: null, time_zone: 'America/New_York' }
  await made.put('queues', { ...QUEUE, ...sales })
  await made.put('exclusions', { id: 1, name: 'Saturdays', weekday: 6 })
  await made.put('exclusions', { id: 2, name: 'Inventory', date: '2026-03-10', queues: [1] })
  return made
}

/** What happened, in UTC: the command line of susan, or of who is named. */
type Event = readonly [at: string, line: string, more?: Partial<Options>]

async function happen({ say }: Desk, events: readonly Event[]): Promise<void> {
  for (const [at, line, more] of events)
    await say(line, { now: `${at.replace(' ', 'T')}:00.000Z`, hours, ...more })
}

async function report({ say }: Desk, line: string, more: Partial<Options> = {}): Promise<Report> {
  return (await say(line, { now: NOW, hours, ...more })).gives as unknown as Report
}

/**
 * Worked out by hand. Vienna is at UTC+1, from Sunday 29 March, 01:00 UTC, on at +2; New York at UTC-5, from Sunday 8 March, 07:00 UTC, on
 * at -4. Tickets are 31795 and so on.
 */
const EVENTS: readonly Event[] = [
  // 31795, Monday 2 March, 09:00: answered after 2.5 hours, resolved for good after 72.
  ['2026-03-02 08:00', 'create support: One'],
  ['2026-03-02 08:30', 'followup 31795: a note'],
  ['2026-03-02 10:30', 'followup 31795 public: an answer', { actor: fred }],
  ['2026-03-02 11:00', 'assign 31795 fred'],
  ['2026-03-03 08:00', 'resolve 31795: done'],
  ['2026-03-04 08:00', 'reopen 31795'],
  ['2026-03-05 08:00', 'resolve 31795: done again'],
  // 31796, Monday 9 March, 12:00: answered on Wednesday at 12:00, on hold until midnight, resolved on Thursday at 06:00.
  ['2026-03-09 11:00', 'create support: Two'],
  ['2026-03-09 11:00', 'assign 31796 fred'],
  ['2026-03-11 11:00', 'followup 31796 public: an answer'],
  ['2026-03-11 11:00', 'hold 31796'],
  ['2026-03-11 23:00', 'unhold 31796'],
  ['2026-03-12 05:00', 'resolve 31796: done'],
  ['2026-03-20 05:00', 'close 31796'],
  // 31797, Saturday 28 March, 20:00: answered when the Sunday of 23 hours is over.
  ['2026-03-28 19:00', 'create support: Three'],
  ['2026-03-29 22:00', 'followup 31797 public: an answer'],
  // 31798: answered and resolved in April. 31799: resolved, and reopened before the end.
  ['2026-03-30 08:00', 'create support: Four'],
  ['2026-04-02 08:00', 'resolve 31798: done'],
  ['2026-03-31 08:00', 'create support: Five'],
  ['2026-03-31 09:00', 'resolve 31799: done'],
  ['2026-03-31 10:00', 'reopen 31799'],
  // 31800: reopened in April. One hour.
  ['2026-03-31 10:00', 'create support: Six'],
  ['2026-03-31 11:00', 'resolve 31800: done'],
  ['2026-04-01 10:00', 'reopen 31800'],
  // 31801, the last half hour of the month in Vienna; 31802, the first of the next one; 31803, the last one before it.
  ['2026-03-31 21:30', 'create support: Seven'],
  ['2026-03-31 22:00', 'create support: Eight'],
  ['2026-02-28 22:59', 'create support: Nine'],
  // A duplicate and a deleted ticket.
  ['2026-03-05 08:00', 'create support: Ten'],
  ['2026-03-05 09:00', 'duplicate 31804 of 31795'],
  ['2026-03-05 08:00', 'create support: Eleven'],
  ['2026-03-05 09:00', 'delete 31805 confirm'],
  // 31806, midnight in New York on the Sunday of 23 hours; moved later.
  ['2026-03-08 05:00', 'create support: Twelve'],
  ['2026-03-09 04:00', 'followup 31806 public: an answer'],
  ['2026-03-09 06:00', 'close 31806'],
  ['2026-04-10 06:00', 'move 31806 sales'],
  // 31807, the last half hour of the month in New York.
  ['2026-04-01 03:30', 'create sales: Thirteen'],
]

t.test('a month in two queues, worked out by hand', async t => {
  const made = await furnished(t)
  await happen(made, EVENTS)
  const { month, queues } = await report(made, 'report march')
  t.equal(month, '2026-03')
  t.same(queues, [
    {
      queue: { id: 2, slug: 'sales', title: 'Sales' },
      from: '2026-03-01T05:00:00.000Z',
      to: '2026-04-01T04:00:00.000Z',
      is_over: true,
      opened: 2,
      open_at_end: 1,
      answered: { count: 1, median_hours: 23, p90_hours: 23 },
      resolved: { count: 1, median_hours: 25, p90_hours: 25 },
      owners: [
        {
          owner: null,
          opened: 2,
          open_at_end: 1,
          answered: { count: 1, median_hours: 23, p90_hours: 23 },
          resolved: { count: 1, median_hours: 25, p90_hours: 25 },
        },
      ],
    },
    {
      queue: { id: 1, slug: 'support', title: 'Support' },
      from: '2026-02-28T23:00:00.000Z',
      to: '2026-03-31T22:00:00.000Z',
      is_over: true,
      opened: 7,
      open_at_end: 4,
      // 1, 1, 2.5, 23 and 24 hours.
      answered: { count: 5, median_hours: 2.5, p90_hours: 24 },
      // 1, 30 and 72 hours.
      resolved: { count: 3, median_hours: 30, p90_hours: 72 },
      owners: [
        {
          owner: 'fred',
          opened: 2,
          open_at_end: 0,
          answered: { count: 2, median_hours: 2.5, p90_hours: 24 },
          resolved: { count: 2, median_hours: 30, p90_hours: 72 },
        },
        {
          owner: null,
          opened: 5,
          open_at_end: 4,
          answered: { count: 3, median_hours: 1, p90_hours: 23 },
          resolved: { count: 1, median_hours: 1, p90_hours: 1 },
        },
      ],
    },
  ])
  t.same((await report(made, 'report support 2026-03')).queues, queues.slice(1))
  t.same(await report(made, 'report support last month'), await report(made, 'report support mar 2026'))
})

t.test('for people: lines that a phone shows', async t => {
  const made = await furnished(t)
  await happen(made, EVENTS)
  const text = async (line: string) => (await made.say(line, { now: NOW, hours })).says
  t.equal(await text('report march'), TEXT)
})
const TEXT = `Sales, March 2026
2 opened, 1 still open at the end
Answered       1 of 2
  median       23.0 h
  90% within   23.0 h
Resolved       1 of 2
  median       25.0 h
  90% within   25.0 h
By owner
  no owner: 2 opened, 1 still open
    answered 1, median 23.0 h, 90% 23.0 h
    resolved 1, median 25.0 h, 90% 25.0 h

Support, March 2026
7 opened, 4 still open at the end
Answered       5 of 7
  median       2.5 h
  90% within   24.0 h
Resolved       3 of 7
  median       30.0 h
  90% within   72.0 h
By owner
  fred: 2 opened, none still open
    answered 2, median 2.5 h, 90% 24.0 h
    resolved 2, median 30.0 h, 90% 72.0 h
  no owner: 5 opened, 4 still open
    answered 3, median 1.0 h, 90% 23.0 h
    resolved 1, median 1.0 h, 90% 1.0 h

Hours are those of the days that count in the queue, without the time on hold. Answered: by an agent, publicly. Resolved: resolved or closed, and still so at the end. 90% within: nine of ten took no longer. Queue and owner are those of today, and duplicates are left out.`

t.test('the present month is reported until now', async t => {
  const made = await furnished(t)
  await happen(made, EVENTS)
  const [section] = (await report(made, 'report sales this month')).queues
  t.match(section, { to: NOW, is_over: false, opened: 0 })
  t.equal(
    (await made.say('report sales this month', { now: NOW, hours })).says,
    'No tickets were opened in queue Sales in April 2026 so far.',
  )
  t.match(
    (await made.say('report support april', { now: NOW, hours })).says,
    /^1 opened, 1 still open\nAnswered {7}0 of 1\nResolved {7}0 of 1\nBy owner\n/m,
  )
})

t.test('a user who is limited to queues has a report on these alone', async t => {
  const made = await furnished(t)
  await happen(made, EVENTS)
  await made.call('change_user', { username: 'fred', queues: 'sales' })
  const { queues } = await report(made, 'report march', { actor: fred })
  t.same(
    queues.map(({ queue }) => queue.slug),
    ['sales'],
  )
  t.match(await refusal(report(made, 'report support march', { actor: fred })), {
    code: 'not_found',
    message: 'There is no queue support.',
  })
})

t.test('refusals', async t => {
  const { call, say } = await furnished(t)
  const table: [string, string][] = [
    ['smarch', 'month: "smarch" is not a month; give one like november, nov 2026, 2026-11 or last month.'],
    ['may 2026', 'month: May 2026 has not begun yet; give a month up to April 2026.'],
    ['9999-12', 'month: December 9999 has not begun yet; give a month up to April 2026.'],
    ['1969-12', 'month: "1969" is not a year of this calendar; give one like 2026.'],
    ['', 'month is empty; give a month, like november, nov 2026, 2026-11, this month or last month.'],
  ]
  for (const [month, message] of table)
    t.match(await refusal(call('report', { queue: 'support', month }, { now: NOW, hours })), {
      code: 'invalid',
      message,
    })
  t.match(await refusal(say('report march', { actor: ann, now: NOW })), { code: 'forbidden' })
})

t.test('a ticket with many follow-ups is read to its end', async t => {
  const made = await furnished(t)
  await happen(made, [
    ['2026-03-02 08:00', 'create support: One'],
    ...Array.from({ length: 45 }, (): Event => ['2026-03-02 08:30', 'followup 31795: a note']),
    ['2026-03-02 09:00', 'resolve 31795: done'],
  ])
  const [section] = (await report(made, 'report support march', { actor: susan })).queues
  t.match(section, { answered: { count: 1, median_hours: 1 }, resolved: { count: 1, median_hours: 1 } })
})
