import fc from 'fast-check'
import t from 'tap'
import type { Exclusion, Ticket } from '../../../data/tables.ts'
import { calendarOf } from '../../../handlers/escalation/calendar.ts'
import { dateOf, dayOf } from '../../../handlers/escalation/day.ts'
import type { History } from '../../../handlers/escalation/history.ts'
import type { HeldTime } from '../../../handlers/escalation/holds.ts'
import { nextStep, type Rule, type Step } from '../../../handlers/escalation/next_step.ts'
import { Zone } from '../../../handlers/escalation/zone.ts'
import { TICKET } from '../fixture.ts'

const VIENNA = 'Europe/Vienna'
const SANTIAGO = 'America/Santiago'
const AUCKLAND = 'Pacific/Auckland'
const WEEKEND: readonly Exclusion[] = [
  { id: 1, name: 'Saturdays', weekday: 6 },
  { id: 2, name: 'Sundays', weekday: 0 },
]
const CHRISTMAS: readonly Exclusion[] = [
  { id: 3, name: 'Christmas', yearly: '12-25' },
  { id: 4, name: 'Boxing Day', yearly: '12-26' },
]
const NOW = Date.parse('2030-01-01T00:00:00Z')

/** A moment as local clocks of a zone show it: `2026-03-02 15:00`. */
function local(words: string, zone: string): number {
  const [date, clock] = words.split(' ')
  return new Zone(zone).momentOf(dayOf(date!)!, clock!)
}

function ruleOf(
  zone: string,
  days: number | null,
  exclusions: readonly Exclusion[] = [],
  at = '09:00',
): Rule {
  return { days, calendar: calendarOf(exclusions, 1), zone: new Zone(zone), at }
}

function historyOf(progress: number, holds: readonly HeldTime[] = []): History {
  return { progress, isStep: false, holds }
}

/** What happens, and when, in UTC. */
function told(step: Step): string {
  if (step.kind === 'none') return step.why
  return `${step.kind} ${dateOf(step.day)} ${new Date(step.from).toISOString().slice(11, 16)}Z`
}

interface Line {
  readonly what: string
  readonly zone: string
  readonly days: number
  readonly since: string
  readonly exclusions?: readonly Exclusion[]
  /** The holds, from and to. */
  readonly holds?: readonly (readonly [string, string])[]
  readonly at?: string
  /** The day, and the moment in UTC. */
  readonly rises: string
}

/**
 * Worked out by hand with a calendar. 2026 begins on a Thursday. Vienna: UTC+1, +2 from 29 March to 25 October. Santiago: UTC-3, -4
 * from the midnight that begins 5 April to that of 6 September, which its clocks skip. Auckland: UTC+13, +12 from 5 April to 27 September.
 */
const table: readonly Line[] = [
  {
    what: 'two whole days, Tuesday and Wednesday',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    rises: '2026-03-05 08:00Z',
  },
  {
    what: 'from the first moment of a day',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 00:00',
    rises: '2026-03-05 08:00Z',
  },
  {
    what: 'from the last minute of a day',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 23:59',
    rises: '2026-03-05 08:00Z',
  },
  { what: 'one day', zone: VIENNA, days: 1, since: '2026-01-01 10:00', rises: '2026-01-03 08:00Z' },
  {
    what: 'over the end of a year',
    zone: VIENNA,
    days: 3,
    since: '2026-12-30 10:00',
    rises: '2027-01-03 08:00Z',
  },
  {
    what: 'clocks go forward meanwhile',
    zone: VIENNA,
    days: 2,
    since: '2026-03-27 15:00',
    rises: '2026-03-30 07:00Z',
  },
  {
    what: 'clocks go back meanwhile',
    zone: VIENNA,
    days: 2,
    since: '2026-10-23 15:00',
    rises: '2026-10-26 08:00Z',
  },
  {
    what: 'on the day on which clocks go forward',
    zone: VIENNA,
    days: 1,
    since: '2026-03-27 15:00',
    rises: '2026-03-29 07:00Z',
  },
  {
    what: 'at an hour that clocks skip',
    zone: VIENNA,
    days: 1,
    since: '2026-03-27 15:00',
    at: '02:30',
    rises: '2026-03-29 01:00Z',
  },
  {
    what: 'at an hour that clocks show twice',
    zone: VIENNA,
    days: 1,
    since: '2026-10-23 15:00',
    at: '02:30',
    rises: '2026-10-25 00:30Z',
  },
  {
    what: 'Santiago puts its clocks forward at midnight',
    zone: SANTIAGO,
    days: 1,
    since: '2026-09-04 15:00',
    at: '00:00',
    rises: '2026-09-06 04:00Z',
  },
  {
    what: 'a day of 23 hours counts',
    zone: SANTIAGO,
    days: 1,
    since: '2026-09-05 15:00',
    rises: '2026-09-07 12:00Z',
  },
  {
    what: 'Santiago puts its clocks back at midnight',
    zone: SANTIAGO,
    days: 1,
    since: '2026-04-03 15:00',
    rises: '2026-04-05 13:00Z',
  },
  {
    what: 'Auckland is in its winter time',
    zone: AUCKLAND,
    days: 2,
    since: '2026-04-03 15:00',
    rises: '2026-04-06 21:00Z 04-05',
  },
  {
    what: 'Auckland is in its summer time',
    zone: AUCKLAND,
    days: 2,
    since: '2026-09-25 15:00',
    rises: '2026-09-28 20:00Z 09-27',
  },
  {
    what: 'it is already Saturday there',
    zone: AUCKLAND,
    days: 1,
    since: '2026-11-28 01:00',
    rises: '2026-11-30 20:00Z 11-29',
  },
  {
    what: 'a weekend does not count',
    zone: VIENNA,
    days: 2,
    since: '2026-11-26 15:00',
    exclusions: WEEKEND,
    rises: '2026-12-01 08:00Z',
  },
  {
    what: 'it rises on a day that does not count',
    zone: VIENNA,
    days: 2,
    since: '2026-11-25 15:00',
    exclusions: WEEKEND,
    rises: '2026-11-28 08:00Z',
  },
  {
    what: 'since a day that does not count',
    zone: VIENNA,
    days: 1,
    since: '2026-11-28 15:00',
    exclusions: WEEKEND,
    rises: '2026-12-01 08:00Z',
  },
  {
    what: 'Christmas on Friday, then a weekend',
    zone: VIENNA,
    days: 2,
    since: '2026-12-23 15:00',
    exclusions: [...WEEKEND, ...CHRISTMAS],
    rises: '2026-12-29 08:00Z',
  },
  {
    what: 'two of five days excluded make seven, not three',
    zone: VIENNA,
    days: 5,
    since: '2026-11-25 15:00',
    exclusions: WEEKEND,
    rises: '2026-12-03 08:00Z',
  },
  {
    what: 'a hold on the day of the start',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-02 16:00', '2026-03-02 17:00']],
    rises: '2026-03-05 08:00Z',
  },
  {
    what: 'a hold within a counted day takes it',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-03 16:00', '2026-03-03 16:01']],
    rises: '2026-03-06 08:00Z',
  },
  {
    what: 'a hold of two years, a day after it began',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-04 10:00', '2028-03-06 09:00']],
    rises: '2028-03-08 08:00Z',
  },
  {
    what: 'a hold over one midnight takes two days',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-03 23:00', '2026-03-04 01:00']],
    rises: '2026-03-07 08:00Z',
  },
  {
    what: 'a hold that ends at midnight takes one',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-03 23:00', '2026-03-04 00:00']],
    rises: '2026-03-06 08:00Z',
  },
  {
    what: 'a hold from before the start',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-02-20 10:00', '2026-03-03 10:00']],
    rises: '2026-03-06 08:00Z',
  },
  {
    what: 'a hold before the start',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-02-20 10:00', '2026-02-21 10:00']],
    rises: '2026-03-05 08:00Z',
  },
  {
    what: 'a hold on the morning of the step',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-05 07:00', '2026-03-05 08:00']],
    rises: '2026-03-06 08:00Z',
  },
  {
    what: 'a hold over the hour of the step, for three days',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-05 07:00', '2026-03-08 09:00']],
    rises: '2026-03-09 08:00Z',
  },
  {
    what: 'a hold after the hour of the step',
    zone: VIENNA,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [['2026-03-05 09:01', '2026-03-08 09:00']],
    rises: '2026-03-05 08:00Z',
  },
  {
    what: 'two holds',
    zone: SANTIAGO,
    days: 2,
    since: '2026-03-02 15:00',
    holds: [
      ['2026-03-03 10:00', '2026-03-03 11:00'],
      ['2026-03-05 10:00', '2026-03-05 11:00'],
    ],
    rises: '2026-03-07 12:00Z',
  },
  {
    what: 'a hold on a day that does not count takes nothing',
    zone: VIENNA,
    days: 2,
    since: '2026-11-26 15:00',
    exclusions: WEEKEND,
    holds: [['2026-11-28 10:00', '2026-11-29 11:00']],
    rises: '2026-12-01 08:00Z',
  },
  {
    what: 'a hold over the skipped midnight',
    zone: SANTIAGO,
    days: 1,
    since: '2026-09-04 15:00',
    holds: [['2026-09-05 23:30', '2026-09-06 01:30']],
    rises: '2026-09-08 12:00Z',
  },
]

t.test('when a ticket rises', async t => {
  for (const { what, zone, days, since, exclusions, holds = [], at, rises } of table) {
    const intervals = holds.map(([from, to]) => ({ from: local(from, zone), to: local(to, zone) }))
    const history = historyOf(local(since, zone), intervals)
    const step = nextStep(TICKET, history, ruleOf(zone, days, exclusions, at), NOW)
    const [date, clock, utcDate = date!.slice(5)] = rises.split(' ')
    t.equal(told(step), `rise ${date} ${clock}`, what)
    t.equal(new Date((step as { from: number }).from).toISOString().slice(5, 10), utcDate, `${what}: in UTC`)
  }
})

t.test('what else happens, or why nothing does', async t => {
  const since = local('2026-03-02 15:00', VIENNA)
  const next = (
    ticket: Partial<Ticket>,
    days: number | null = 2,
    exclusions: readonly Exclusion[] = [],
    now = NOW,
  ) => told(nextStep({ ...TICKET, ...ticket }, historyOf(since), ruleOf(VIENNA, days, exclusions), now))
  t.equal(next({ priority: 1 }), 'remind 2026-03-05 08:00Z', 'priority 1 cannot rise')
  t.equal(next({ status: 2 }), 'rise 2026-03-05 08:00Z', 'a reopened ticket')
  for (const status of [3, 4, 5] as const) t.equal(next({ status }), 'not_open')
  t.equal(next({}, null), 'no_escalation')
  t.equal(next({ on_hold: true }), 'on_hold')
  t.equal(next({ on_hold: true, hold_until: 'answer' }), 'awaits_answer')
  t.equal(next({ on_hold: true, hold_until: '2026-07-01' }), 'wake 2026-07-01 07:00Z')
  t.equal(
    next({ on_hold: true, hold_until: '2026-07-01' }, null),
    'wake 2026-07-01 07:00Z',
    'also without escalation',
  )
  const always: Exclusion[] = Array.from({ length: 7 }, (_, weekday) => ({
    id: weekday + 1,
    name: '',
    weekday,
  }))
  t.equal(next({}, 2, always), 'no_counted_day')
  t.equal(
    told(
      nextStep(
        TICKET,
        historyOf(since, [{ from: since, to: Number.POSITIVE_INFINITY }]),
        ruleOf(VIENNA, 2),
        NOW,
      ),
    ),
    'no_counted_day',
    'of a hold without an end',
  )
  t.equal(next({}, 3650), 'rise 2036-02-29 08:00Z', 'after ten years')
  const ahead = historyOf(Number.POSITIVE_INFINITY)
  const now = Date.parse('2026-03-03T08:00:00Z')
  t.equal(told(nextStep(TICKET, ahead, ruleOf(VIENNA, 2), now)), 'recount 2026-03-03 08:00Z')
})

const DAY_MILLISECONDS = 86_400_000
const START = Date.parse('2026-01-01T00:00:00Z')
const moments = fc.integer({ min: 0, max: 365 * 24 * 60 }).map(minutes => START + minutes * 60_000)
const holds = fc
  .tuple(moments, fc.integer({ min: 0, max: 20 * DAY_MILLISECONDS }))
  .map(([from, long]) => ({ from, to: from + long }))
const exclusions = fc.oneof(
  fc.integer({ min: 0, max: 6 }).map(weekday => ({ id: 1, name: '', weekday })),
  moments.map(moment => ({ id: 1, name: '', date: new Date(moment).toISOString().slice(0, 10) })),
  moments.map(moment => ({ id: 1, name: '', yearly: new Date(moment).toISOString().slice(5, 10) })),
)
const zones = fc.constantFrom(VIENNA, SANTIAGO, AUCKLAND, 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC')
const hours = fc.constantFrom('00:00', '02:30', '09:00', '23:59')

t.test('a hold or an exclusion more never makes a ticket rise earlier', async () => {
  const from = (history: History, rule: Rule) => {
    const step = nextStep(TICKET, history, rule, NOW)
    return step.kind === 'none' ? Number.POSITIVE_INFINITY : step.from
  }
  fc.assert(
    fc.property(
      zones,
      hours,
      fc.integer({ min: 1, max: 30 }),
      moments,
      fc.array(holds, { maxLength: 4 }),
      fc.array(exclusions, { maxLength: 4 }),
      holds,
      exclusions,
      (zone, at, days, since, some, excluded, hold, exclusion) => {
        const before = from(historyOf(since, some), ruleOf(zone, days, excluded, at))
        const held = from(historyOf(since, [...some, hold]), ruleOf(zone, days, excluded, at))
        const fewer = from(historyOf(since, some), ruleOf(zone, days, [...excluded, exclusion], at))
        return held >= before && fewer >= before && before > since + days * 23 * 3_600_000
      },
    ),
  )
})
