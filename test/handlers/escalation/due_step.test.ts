import fc from 'fast-check'
import t from 'tap'
import type { Ticket } from '../../../data/tables.ts'
import { dateOf, dayOf } from '../../../handlers/escalation/day.ts'
import { dueStep } from '../../../handlers/escalation/due_step.ts'
import { Zone } from '../../../handlers/escalation/zone.ts'
import { TICKET } from '../fixture.ts'

const VIENNA = 'Europe/Vienna'
const SANTIAGO = 'America/Santiago'
const AUCKLAND = 'Pacific/Auckland'

interface Line {
  readonly what: string
  readonly zone?: string
  readonly at?: string
  /** As local clocks show it. */
  readonly now: string
  readonly due: string
  /** When there was a reminder, and of which date. */
  readonly reminded?: readonly [string, string]
  readonly ticket?: Partial<Ticket>
  /** The local day, and the moment in UTC. */
  readonly reminder: string
}

/**
 * Worked out by hand with a calendar. 4 December 2026 is a Friday. Vienna: UTC+1, +2 from 29 March to 25 October. Santiago: UTC-4, -3
 * from the midnight that begins 6 September, which its clocks skip. Auckland: UTC+12, +13 from 27 September.
 */
const table: readonly Line[] = [
  {
    what: 'first on the day before',
    now: '2026-11-20 10:00',
    due: '2026-12-04',
    reminder: '2026-12-03 2026-12-03T08:00Z',
  },
  {
    what: 'then on the day',
    now: '2026-12-03 10:00',
    due: '2026-12-04',
    reminded: ['2026-12-03', '2026-12-04'],
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'then never again',
    now: '2026-12-04 10:00',
    due: '2026-12-04',
    reminded: ['2026-12-04', '2026-12-04'],
    reminder: 'none',
  },
  {
    what: 'set on the day before after the hour: a run that comes that day is in time',
    now: '2026-12-03 23:59',
    due: '2026-12-04',
    reminder: '2026-12-03 2026-12-03T08:00Z',
  },
  {
    what: 'without one that day, only on the day itself',
    now: '2026-12-04 00:00',
    due: '2026-12-04',
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'set on the day after the hour',
    now: '2026-12-04 12:00',
    due: '2026-12-04',
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'nothing ran for a month',
    now: '2027-01-10 10:00',
    due: '2026-12-04',
    reminded: ['2026-12-03', '2026-12-04'],
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'and then there was one',
    now: '2027-01-10 10:00',
    due: '2026-12-04',
    reminded: ['2027-01-10', '2026-12-04'],
    reminder: 'none',
  },
  {
    what: 'over the end of a year',
    now: '2026-12-04 10:00',
    due: '2027-01-01',
    reminder: '2026-12-31 2026-12-31T08:00Z',
  },
  {
    what: 'after a leap day',
    now: '2028-02-01 10:00',
    due: '2028-03-01',
    reminder: '2028-02-29 2028-02-29T08:00Z',
  },
  {
    what: 'the day before clocks go forward',
    now: '2026-03-01 10:00',
    due: '2026-03-29',
    reminder: '2026-03-28 2026-03-28T08:00Z',
  },
  {
    what: 'and the day on which they do',
    now: '2026-03-28 10:00',
    due: '2026-03-29',
    reminded: ['2026-03-28', '2026-03-29'],
    reminder: '2026-03-29 2026-03-29T07:00Z',
  },
  {
    what: 'at an hour that clocks skip',
    at: '02:30',
    now: '2026-03-28 10:00',
    due: '2026-03-29',
    reminded: ['2026-03-28', '2026-03-29'],
    reminder: '2026-03-29 2026-03-29T01:00Z',
  },
  {
    what: 'at an hour that clocks show twice',
    at: '02:30',
    now: '2026-10-24 10:00',
    due: '2026-10-25',
    reminded: ['2026-10-24', '2026-10-25'],
    reminder: '2026-10-25 2026-10-25T00:30Z',
  },
  {
    what: 'Santiago has no midnight',
    zone: SANTIAGO,
    at: '00:00',
    now: '2026-09-05 10:00',
    due: '2026-09-06',
    reminded: ['2026-09-05', '2026-09-06'],
    reminder: '2026-09-06 2026-09-06T04:00Z',
  },
  {
    what: 'Auckland is ahead',
    zone: AUCKLAND,
    now: '2026-09-20 10:00',
    due: '2026-09-28',
    reminder: '2026-09-27 2026-09-26T20:00Z',
  },
  {
    what: 'it is still the day before in Santiago',
    zone: SANTIAGO,
    now: '2026-12-03 22:00',
    due: '2026-12-04',
    reminder: '2026-12-03 2026-12-03T12:00Z',
  },
  {
    what: 'a hold',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true },
    reminder: 'none',
  },
  {
    what: 'a hold until an answer',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true, hold_until: 'answer' },
    reminder: 'none',
  },
  {
    what: 'a hold that ends before',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true, hold_until: '2026-12-02' },
    reminder: '2026-12-03 2026-12-03T08:00Z',
  },
  {
    what: 'a hold that ends on the day before',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true, hold_until: '2026-12-03' },
    reminder: '2026-12-03 2026-12-03T08:00Z',
  },
  {
    what: 'a hold that ends on the day',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true, hold_until: '2026-12-04' },
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'a hold that ends afterwards',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    ticket: { on_hold: true, hold_until: '2026-12-10' },
    reminder: '2026-12-10 2026-12-10T08:00Z',
  },
  {
    what: 'a later date has reminders of its own',
    now: '2026-12-03 10:00',
    due: '2026-12-20',
    reminded: ['2026-12-03', '2026-12-04'],
    reminder: '2026-12-19 2026-12-19T08:00Z',
  },
  {
    what: 'one day later',
    now: '2026-12-03 10:00',
    due: '2026-12-05',
    reminded: ['2026-12-03', '2026-12-04'],
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'an earlier date, but never two reminders on a day',
    now: '2026-12-03 10:00',
    due: '2026-12-03',
    reminded: ['2026-12-03', '2026-12-04'],
    reminder: '2026-12-04 2026-12-04T08:00Z',
  },
  {
    what: 'a clock that was a year ahead has left a reminder',
    now: '2026-12-01 10:00',
    due: '2026-12-04',
    reminded: ['2027-12-01', '2026-12-04'],
    reminder: '2026-12-03 2026-12-03T08:00Z',
  },
  {
    what: 'a clock that was a day ahead has left one',
    now: '2026-12-03 10:00',
    due: '2026-12-04',
    reminded: ['2026-12-04', '2026-12-04'],
    reminder: 'none',
  },
]

t.test('when there is a reminder of a due date', async t => {
  for (const { what, zone: name = VIENNA, at = '09:00', now, due, reminded, ticket, reminder } of table) {
    const zone = new Zone(name)
    const [date, clock] = now.split(' ')
    const before = reminded ? { due_reminded_on: reminded[0], due_reminded_of: reminded[1] } : {}
    const about = { ...TICKET, due_date: due, ...before, ...ticket }
    const step = dueStep(about, { zone, at }, zone.momentOf(dayOf(date!)!, clock!))
    const told = step ? `${dateOf(step.day)} ${new Date(step.from).toISOString().slice(0, 16)}Z` : 'none'
    t.equal(told, reminder, what)
    for (const status of [3, 4, 5] as const)
      t.equal(dueStep({ ...about, status }, { zone, at }, step?.from ?? 0), undefined, 'not open')
  }
  t.equal(dueStep(TICKET, { zone: new Zone(VIENNA), at: '09:00' }, Date.now()), undefined, 'no due date')
})

const MINUTE = 60_000
const START = Date.parse('2026-08-25T00:00:00Z')
const zones = fc.constantFrom(VIENNA, SANTIAGO, AUCKLAND, 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC')
const hours = fc.constantFrom('00:00', '02:30', '09:00', '23:59')

t.test(
  'whenever runs come: one reminder on the day before at most, and exactly one from the day on',
  async () => {
    const waits = fc.array(fc.integer({ min: 1, max: 4 * 24 * 60 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(zones, hours, fc.integer({ min: 0, max: 40 }), waits, (name, at, days, minutes) => {
        const zone = new Zone(name)
        const due = zone.dayAt(START) + days
        let ticket: Ticket = { ...TICKET, due_date: dateOf(due) }
        let now = START
        const reminded: number[] = []
        for (const wait of minutes) {
          now += wait * MINUTE
          const step = dueStep(ticket, { zone, at }, now)
          if (!step || step.from > now) continue
          const today = zone.dayAt(now)
          if (step.day > today) return false
          reminded.push(today)
          ticket = { ...ticket, due_reminded_on: dateOf(today), due_reminded_of: dateOf(due) }
        }
        const [before, after] = [reminded.filter(day => day < due), reminded.filter(day => day >= due)]
        const isPast = zone.momentOf(due, at) <= now
        return before.length <= 1 && before.every(day => day === due - 1) && after.length === (isPast ? 1 : 0)
      }),
    )
  },
)
