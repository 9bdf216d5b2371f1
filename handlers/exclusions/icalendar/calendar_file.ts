import type { NamedDay } from '../exclude_days.ts'
import { eventsIn } from './calendar_event.ts'
import { daysOfEvent, type LeftOut } from './event_days.ts'
import { MOST_DAYS, tooManyDays } from './recurrence.ts'

/** What an iCalendar file says: the days that exclusions can name, and the titles of the other events, by the reason why not. */
export interface CalendarFile {
  readonly days: readonly NamedDay[]
  readonly leftOut: ReadonlyMap<LeftOut, readonly string[]>
}

/** Several of them as one. */
export function joinedCalendars(files: readonly CalendarFile[]): CalendarFile {
  const leftOut = new Map<LeftOut, readonly string[]>()
  for (const [why, titles] of files.flatMap(file => [...file.leftOut]))
    leftOut.set(why, [...(leftOut.get(why) ?? []), ...titles])
  return { days: files.flatMap(({ days }) => days), leftOut }
}

/** Reads the text of an iCalendar file. Throws Failure `invalid` if it is cut, and `too_large` for too many events or days. */
export function readCalendar(text: string): CalendarFile {
  const days: NamedDay[] = []
  const leftOut = new Map<LeftOut, string[]>()
  for (const event of eventsIn(text)) {
    const found = daysOfEvent(event)
    if (typeof found !== 'string') for (const day of found) days.push({ day, name: event.name })
    else if (leftOut.has(found)) leftOut.get(found)!.push(event.name)
    else leftOut.set(found, [event.name])
    if (days.length > MOST_DAYS) throw tooManyDays()
  }
  return { days, leftOut }
}
