import { domainOf } from '../../data/address.ts'
import { isLoopback, UNIX } from '../ip.ts'
import { ownerOf } from '../throttle.ts'
import type { Incoming } from './keep.ts'

/**
 * Who is behind a mail, as far as its session shows: a user who logged in; else the network of the peer, or, where that is this machine
 * itself and hands on what others sent, the domain of the envelope's sender. What all share is shared out by these.
 */
export function sourceOf({
  peer,
  envelopeFrom,
  sessionUser,
}: Pick<Incoming, 'peer' | 'envelopeFrom' | 'sessionUser'>): string {
  if (sessionUser !== null) return `user ${sessionUser}`
  const handsOn = peer === UNIX || isLoopback(peer)
  return handsOn ? `domain ${domainOf(envelopeFrom).toLowerCase()}` : ownerOf(peer)
}
