import type { Change, User } from '../../../data/tables.ts'
import type { Actor } from '../../method.ts'
import { netOf } from './net_changes.ts'

/** What a letter about changes alone is: the reader owns the ticket now, does not any more, or learns what else has changed. */
export type ChangeEvent = 'assigned' | 'taken' | 'changed'

/** The event of a change that has no other one; undefined if nobody is told: only what users and the operator decide is told. */
export function eventOfChange(actor: Actor, changes: readonly Change[]): ChangeEvent | undefined {
  if (actor.kind !== 'user' && actor.kind !== 'operator') return undefined
  const net = netOf(changes)
  const owner = ownerIn(net)
  if (owner && owner.to !== null)
    return actor.kind === 'user' && owner.to === actor.user.id ? 'taken' : 'assigned'
  return net.length > 0 ? 'changed' : undefined
}

/**
 * What changes in a row are to a reader; undefined if there is nothing to tell: all was taken back, or the reader, a user, owned the
 * ticket only in between.
 */
export function eventFor(reader: User | undefined, changes: readonly Change[]): ChangeEvent | undefined {
  const net = netOf(changes)
  const owner = ownerIn(net)
  if (reader && owner?.to === reader.id) return 'assigned'
  if (reader && owner?.from === reader.id) return 'taken'
  const owners = changes.filter(({ field }) => field === 'assigned_to')
  const isOver = owners.some(({ to }) => to === reader?.id) && owners.at(-1)?.to !== reader?.id
  return net.length === 0 || isOver ? undefined : 'changed'
}

function ownerIn(changes: readonly Change[]): Change | undefined {
  return changes.find(({ field }) => field === 'assigned_to')
}
