import { domainOf } from '../../data/address.ts'
import { ipOf, isLoopback, networkOf } from '../net/ip.ts'

/**
 * The group that shares a quota with an unproven sender: the network of the peer. If the peer is a relay, a loopback address or a unix
 * socket, it does not identify the sender: then the domain of the envelope sender, or `<>` if that has no domain.
 */
export function senderNetwork(
  peer: string,
  envelopeFrom: string,
  isRelay: (address: string) => boolean,
): string {
  const address = ipOf(peer)
  if (address === undefined || isLoopback(address) || isRelay(address)) return domainIn(envelopeFrom)
  return networkOf(address)
}

function domainIn(envelopeFrom: string): string {
  return envelopeFrom.includes('@') ? domainOf(envelopeFrom).toLowerCase() : '<>'
}
