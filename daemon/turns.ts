import { Failure } from '../data/failure.ts'

/** Logins of one peer that wait for their check: about three seconds of work. */
const MOST_WAITING = 32

/** Does the work of one peer piece by piece. */
export type Turns = <R>(peer: string, work: () => Promise<R>) => Promise<R>

/**
 * One check of a peer after the other, so that each finds the failures before it counted, and no peer keeps all others waiting. The
 * function throws Failure `unavailable` when too many of the peer wait.
 */
export function newTurns(): Turns {
  const turns = new Map<string, { last: Promise<unknown>; waiting: number }>()
  return async (peer, work) => {
    const turn = turns.get(peer) ?? { last: Promise.resolve(), waiting: 0 }
    if (turn.waiting >= MOST_WAITING)
      throw new Failure('unavailable', 'Too many logins are being checked; try again in a few seconds.')
    turn.waiting++
    turns.set(peer, turn)
    const done = turn.last.then(work)
    turn.last = done.catch(() => {})
    try {
      return await done
    } finally {
      turn.waiting--
      if (turn.waiting === 0) turns.delete(peer)
    }
  }
}
