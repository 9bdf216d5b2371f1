import { domainOf, maybeAddress } from '../../data/address.ts'
import { ipOf, isLoopback, networkOf } from '../net/ip.ts'

/**
 * What an unproven sender fills counts for: its network, or the domain of the envelope's sender (`<>` where it names none) for a peer that
 * says nothing of who sent the mail: a relay, a loopback address or a unix socket.
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
  const address = maybeAddress(envelopeFrom)
  return address === undefined ? '<>' : domainOf(address).toLowerCase()
}
