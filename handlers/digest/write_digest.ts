import type { Tx } from '../../data/store.ts'
import type { DigestList, User } from '../../data/tables.ts'
import { dateOf } from '../escalation/day.ts'
import type { Zone } from '../escalation/zone.ts'
import { reachedOf } from '../letters/failing_addresses.ts'

/** Whether the digest of a user is due: its hour is past today, and there was none today. */
export function isDigestDue({ active, digest, digested_on }: User, zone: Zone, now: number): boolean {
  if (!active || digest === undefined) return false
  const today = zone.dayAt(now)
  return digested_on !== dateOf(today) && zone.momentOf(today, digest) <= now
}

/** Writes the digest of a user if it is still due, and notes the day in the same commit; an empty one only notes it. */
export async function writeDigest(
  tx: Tx,
  id: number,
  lists: readonly DigestList[],
  zone: Zone,
  now: number,
): Promise<void> {
  const user = await tx.get('users', id)
  if (!user || !isDigestDue(user, zone, now)) return
  await tx.put('users', { ...user, digested_on: dateOf(zone.dayAt(now)) })
  const to = await reachedOf(tx, user.addresses)
  if (lists.length === 0 || to === undefined) return
  const at = new Date(now).toISOString()
  const about = { event: 'digest', to, ticket: null, followup: null, digest: lists, answer: null } as const
  await tx.add('letters', { ...about, state: 'waiting', created: at, due: at, attempts: [] })
}
