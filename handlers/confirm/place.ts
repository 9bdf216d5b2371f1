import type { Confirmation } from '../../data/tables.ts'

/** How many commands in the name of one user may wait at once. */
export const MOST_OPEN = 3

/** A command that waits for a yes. */
export interface WaitingCommand {
  readonly confirmation: Confirmation
  /** The source of the mail that asked for it: a login or a sender network. */
  readonly source: string
}

/** Whether one more command may wait, and the one that goes for it. */
export type FreePlace = { readonly isFull: true } | { readonly isFull: false; readonly goes?: Confirmation }

/**
 * The place for one more command from a source among those that wait in the name of one user, the oldest first. If all places are taken, the
 * source that has most of them gives its oldest to a source that has at least two fewer: so one that writes in the name of a user cannot
 * keep all of them from that user, and takes none back.
 */
export function placeAmong(waiting: readonly WaitingCommand[], source: string): FreePlace {
  if (waiting.length < MOST_OPEN) return { isFull: false }
  const of = (one: string) => waiting.filter(other => other.source === one)
  const [most] = waiting.map(one => of(one.source)).sort((a, b) => b.length - a.length)
  if (!most || of(source).length + 1 >= most.length) return { isFull: true }
  return { isFull: false, goes: most[0]!.confirmation }
}
