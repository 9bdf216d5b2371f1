import { domainOf } from '../../data/address.ts'
import { ipOf, isLoopback, networkOf } from '../ip.ts'

/**
 * Whoever sent a mail, where senders get equal shares: the network that handed it over; where this machine did, for all the world,
 * the domain of the envelope's sender.
 */
export function originOf(peer: string, envelopeFrom: string): string {
  const address = ipOf(peer)
  return address === undefined || isLoopback(address)
    ? domainOf(envelopeFrom).toLowerCase()
    : networkOf(address)
}
