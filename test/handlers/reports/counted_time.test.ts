import fc from 'fast-check'
import t from 'tap'
import { HOUR } from '../../../data/durations.ts'
import type { Exclusion } from '../../../data/tables.ts'
import { calendarOf } from '../../../handlers/escalation/calendar.ts'
import { dayOf } from '../../../handlers/escalation/day.ts'
import { Zone } from '../../../handlers/escalation/zone.ts'
import { countedTime, timeBetween } from '../../../handlers/reports/counted_time.ts'

const VIENNA = new Zone('Europe/Vienna')
const NEW_YORK = new Zone('America/New_York')
const SATURDAYS: Exclusion = { id: 1, name: 'Saturdays', weekday: 6 }

/** The counted time of a month of 2026. */
function ofMonth(first: string, next: string, zone: Zone, exclusions: readonly Exclusion[] = []) {
  return countedTime(calendarOf(exclusions, 1), zone, dayOf(first)!, dayOf(next)!)
}
const MARCH = ofMonth('2026-03-01', '2026-04-01', VIENNA)

t.test('a month has its real hours', async t => {
  const end = Date.parse('2030-01-01T00:00:00Z')
  const hours = (first: string, next: string, zone: Zone, ...exclusions: Exclusion[]) =>
    ofMonth(first, next, zone, exclusions)(end) / HOUR
  t.equal(hours('2026-03-01', '2026-04-01', VIENNA), 31 * 24 - 1)
  t.equal(hours('2026-10-01', '2026-11-01', VIENNA), 31 * 24 + 1)
  t.equal(hours('2026-03-01', '2026-04-01', NEW_YORK), 31 * 24 - 1)
  t.equal(hours('2026-10-01', '2026-11-01', NEW_YORK), 31 * 24)
  t.equal(hours('2026-11-01', '2026-12-01', NEW_YORK), 30 * 24 + 1)
  // Four Saturdays, and the Sunday on which the clocks change.
  const changed: Exclusion = { id: 2, name: 'Change', date: '2026-03-29' }
  t.equal(hours('2026-03-01', '2026-04-01', VIENNA, SATURDAYS), 27 * 24 - 1)
  t.equal(hours('2026-03-01', '2026-04-01', VIENNA, SATURDAYS, changed), 26 * 24)
})

t.test('time before and after the month does not count', async t => {
  const [before, after] = ['2026-02-01T00:00:00Z', '2026-05-01T00:00:00Z'].map(Date.parse) as [number, number]
  t.equal(MARCH(before), 0)
  t.equal(timeBetween(MARCH, before, after, []) / HOUR, 31 * 24 - 1)
  t.equal(timeBetween(MARCH, after, before, []), 0)
})

const START = Date.parse('2026-02-28T00:00:00Z')
const moment = fc.nat({ max: 33 * 24 }).map(hours => START + hours * HOUR)
const hold = fc.tuple(moment, moment).map(([one, other]) => ({
  from: Math.min(one, other),
  to: Math.max(one, other),
}))

t.test('a hold never makes a time longer, nor does an excluded day', async () => {
  const excluded = fc.integer({ min: 1, max: 31 }).map(day => `2026-03-${String(day).padStart(2, '0')}`)
  fc.assert(
    fc.property(moment, moment, fc.array(hold), hold, excluded, (from, to, holds, another, date) => {
      const time = timeBetween(MARCH, from, to, holds)
      const fewer = ofMonth('2026-03-01', '2026-04-01', VIENNA, [{ id: 1, name: '', date }])
      return (
        timeBetween(MARCH, from, to, [...holds, another]) <= time &&
        timeBetween(fewer, from, to, holds) <= time
      )
    }),
  )
})

t.test('it is the number of counted hours that begin between, one by one', async () => {
  const counted = ofMonth('2026-03-01', '2026-04-01', VIENNA, [SATURDAYS])
  const calendar = calendarOf([SATURDAYS], 1)
  const [first, last] = [dayOf('2026-03-01')!, dayOf('2026-03-31')!]
  fc.assert(
    fc.property(moment, moment, fc.array(hold), (from, to, holds) => {
      let hours = 0
      for (let at = from; at < to; at += HOUR) {
        const day = VIENNA.dayAt(at)
        const isHeld = holds.some(one => one.from <= at && at < one.to)
        if (day >= first && day <= last && calendar.counts(day) && !isHeld) hours++
      }
      return timeBetween(counted, from, to, holds) === hours * HOUR
    }),
  )
})
