import { type StatusSite, statusOf } from './gather.ts'
import { screenOf } from './screen.ts'

/** What `helpdeskd status` asks the running daemon for, by its name: the screen, and for programs the record. */
export const STATUS_ERRAND = 'status'

export function statusErrand(site: StatusSite) {
  const answer = async () => {
    const status = await statusOf(site)
    return { says: screenOf(status), gives: status }
  }
  return [STATUS_ERRAND, answer] as const
}
