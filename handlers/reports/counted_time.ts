import type { Calendar } from '../escalation/calendar.ts'
import type { Day } from '../escalation/day.ts'
import type { HeldTime } from '../escalation/holds.ts'
import type { Zone } from '../escalation/zone.ts'

/** The counted time, in milliseconds, between a fixed moment and any other, in milliseconds since 1970. */
export type CountedTime = (moment: number) => number

/**
 * The counted time of the days from `first` to the one before `end`: the real length of each that counts in the calendar, so a day on which
 * the clocks change has 23 or 25 hours. Time before and after does not count.
 */
export function countedTime(calendar: Calendar, zone: Zone, first: Day, end: Day): CountedTime {
  const starts: number[] = []
  for (let day = first; day <= end; day++) starts.push(zone.startOf(day))
  const before = [0]
  for (let at = 1; at < starts.length; at++)
    before.push(before[at - 1]! + (calendar.counts(first + at - 1) ? starts[at]! - starts[at - 1]! : 0))
  return moment => {
    const at = starts.findLastIndex(start => start <= moment)
    if (at < 0) return 0
    const isOver = at === starts.length - 1
    return before[at]! + (isOver || !calendar.counts(first + at) ? 0 : moment - starts[at]!)
  }
}

/** The counted time between two moments that was not on hold. The holds may be in any order and overlap. */
export function timeBetween(
  counted: CountedTime,
  from: number,
  to: number,
  holds: readonly HeldTime[],
): number {
  let time = 0
  let at = from
  for (const hold of holds.toSorted((one, other) => one.from - other.from)) {
    if (hold.from > at) time += Math.max(0, counted(Math.min(hold.from, to)) - counted(at))
    at = Math.max(at, hold.to)
    if (at >= to) return time
  }
  return time + Math.max(0, counted(to) - counted(at))
}
