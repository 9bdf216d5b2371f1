import { DAY, HOUR } from '../data/durations.ts'
import type { Store } from '../data/store.ts'
import type { User } from '../data/tables.ts'
import { surveyFor } from '../handlers/digest/digest_survey.ts'
import { isDigestDue, writeDigest } from '../handlers/digest/write_digest.ts'
import type { Hours } from '../handlers/escalation/hours.ts'
import { Zone } from '../handlers/escalation/zone.ts'
import { type Clock, SYSTEM_CLOCK } from './escalation_clock.ts'
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
  const end = new AbortController()
  const over = keepDigesting(site, events, clock, end.signal)
  return async () => {
    end.abort()
    await over
  }
}

async function keepDigesting(
  site: DigestSite,
  events: Pick<Events, 'digestFailed'>,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  const zone = new Zone(site.hours.time_zone)
  let changed = new AbortController()
  const unwatch = site.store.watch('users', () => changed.abort())
  while (!ended.aborted) {
    changed = new AbortController()
    const now = clock.now()
    // At most an hour, since meanwhile the clock may change.
    let next = now + HOUR
    try {
      const users = await site.store.read(tx => tx.find('users', { active: true }))
      await writeAll(site, users, zone, now, ended)
      next = Math.min(next, ...users.flatMap(user => hourAfter(user, zone, now)))
    } catch (error) {
      events.digestFailed(error)
    }
    const woken = AbortSignal.any([ended, changed.signal])
    await clock.wait(Math.max(0, next - clock.now()), woken).catch(() => undefined)
  }
  unwatch()
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
