import type { Queue } from '../../data/tables.ts'
import { Zone } from './zone.ts'

/** When the day of a queue begins to act: the local hour of its escalations, `HH:MM`, and the name of its time zone. */
export interface Hours {
  readonly at: string
  readonly time_zone: string
}

/** Those of a helpdesk that sets none. */
export const USUAL_HOURS: Hours = {
  at: '09:00',
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}

/** The hours of a queue: its own, else those of the helpdesk. */
export function hoursOf({ escalate_at, time_zone }: Queue, usual: Hours): Hours {
  return { at: escalate_at ?? usual.at, time_zone: time_zone ?? usual.time_zone }
}

/** The hours of a queue as a sentence with a blank in front. */
export function hoursWords(queue: Queue, usual: Hours): string {
  const { at, time_zone } = hoursOf(queue, usual)
  return ` Its tickets rise and wake at ${at} (${time_zone}).`
}

/** The time zone of a queue. */
export function zoneOf(queue: Queue, usual: Hours): Zone {
  return new Zone(hoursOf(queue, usual).time_zone)
}
