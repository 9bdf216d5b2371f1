import { domainOf, maybeAddress } from '../../data/address.ts'
import { ipOf, isLoopback } from '../ip.ts'

/**
 * Whom what an unproven sender fills counts for: of IPv4 the /24, the least that is routed by itself; of IPv6 the /48, which one site gets
 * (RFC 6177). A relay, a loopback address or a unix socket says nothing of who sent it: there it is the domain of the envelope's
 * sender, `<>` where it names none.
 */
export function senderNetwork(
  peer: string,
  envelopeFrom: string,
  isRelay: (address: string) => boolean,
): string {
  const address = ipOf(peer)
  if (address === undefined || isLoopback(address) || isRelay(address)) return domainIn(envelopeFrom)
  if (!address.includes(':')) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  const [front = ''] = address.split('::')
  const groups = [...front.split(':').filter(Boolean), '0', '0', '0'].slice(0, 3)
  return `${groups.join(':')}::/48`
}

function domainIn(envelopeFrom: string): string {
  const address = maybeAddress(envelopeFrom)
  return address === undefined ? '<>' : domainOf(address).toLowerCase()
}
