import { DAY } from '../data/durations.ts'
import type { Store } from '../data/store.ts'
import type { User } from '../data/tables.ts'
import { surveyFor } from '../handlers/digest/digest_survey.ts'
import { isDigestDue, writeDigest } from '../handlers/digest/write_digest.ts'
import type { Hours } from '../handlers/escalation/hours.ts'
import { Zone } from '../handlers/escalation/zone.ts'
import { type Clock, SYSTEM_CLOCK, startHourly } from './hourly.ts'
import type { Events } from './log/events.ts'

interface DigestSite {
  readonly store: Store
  /** The hours of the users are those of its zone. */
  readonly hours: Hours
  /** Throws Failure `full` if the disk has too little room. */
  readonly room?: () => Promise<void>
}

/**
 * Writes the digest of each user at the user's hour, or when the daemon starts if no daemon ran then: one a day. Gives the function that
 * stops this and waits for the current run.
 */
export function startDigests(
  site: DigestSite,
  events: Pick<Events, 'digestFailed'>,
  clock: Clock = SYSTEM_CLOCK,
): () => Promise<void> {
  const zone = new Zone(site.hours.time_zone)
  const { store } = site
  const doDue = async (now: number, ended: AbortSignal) => {
    const users = await store.read(tx => tx.find('users', { active: true }))
    await writeAll(site, users, zone, now, ended)
    return Math.min(...users.flatMap(user => hourAfter(user, zone, now)))
  }
  return startHourly({ store, table: 'users', doDue, failed: error => events.digestFailed(error) }, clock)
}

async function writeAll(
  { store, hours, room }: DigestSite,
  users: readonly User[],
  zone: Zone,
  now: number,
  ended: AbortSignal,
): Promise<void> {
  const due = users.filter(user => isDigestDue(user, zone, now))
  if (due.length === 0) return
  await room?.()
  const survey = await surveyFor(store, due, hours, now)
  for (const user of due) {
    if (ended.aborted) return
    const lists = await survey.listsOf(user)
    await store.transact(tx => writeDigest(tx, user.id, lists, zone, now))
  }
}

/** The first hour of a user's digest after a moment; none without a digest. */
function hourAfter({ digest }: User, zone: Zone, now: number): number[] {
  if (digest === undefined) return []
  const hours = [now, now + DAY].map(moment => zone.momentOf(zone.dayAt(moment), digest))
  return hours.filter(hour => hour > now).slice(0, 1)
}
