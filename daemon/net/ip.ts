import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The name of a peer at a unix socket, which has no address. */
export const UNIX = 'unix'
/** The name of a peer by LMTP. Its address proves nothing: it only hands over the mail of others. */
export const LMTP = 'lmtp'

const MAPPED = '::ffff:'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Whether a host is `localhost` or a loopback address, in any notation. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || parsed(host)?.range() === 'loopback'
}

/** An address or a range of addresses, in the notation of CIDR (RFC 4632, RFC 4291 2.3). */
export interface Range {
  readonly address: string
  readonly prefix: number
}

/**
 * The canonical text of an address: IPv6 as in RFC 5952, IPv4-mapped IPv6 (`::ffff:192.0.2.1`) as IPv4, without a zone. Undefined if the
 * text is not an address.
 */
export function ipOf(text: string): string | undefined {
  // A dual-stack listener gives IPv4 peers in this form.
  const plain = text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text
  return isIPv4(plain) ? plain : parsed(text)?.toString()
}

/**
 * The owner of a peer, however many addresses it has: for IPv4 the address; for IPv6 its /64, since nobody gets less (RFC 6177). Any other
 * text is its own owner, and so is an owner.
 */
export function ownerOf(peer: string): string {
  // The fast path: every request asks several times, and most use IPv4.
  if (!peer.includes(':')) return peer
  const address = parsed(peer)
  if (address === undefined) return peer
  return 'parts' in address ? `${firstGroups(address, 4)}::/64` : address.toString()
}

/**
 * The network of a peer, in which one party often has many owners: for IPv4 the /24, the smallest that is routed; for IPv6 the /48, the
 * largest that one site gets (RFC 6177). Any other text is its own network.
 */
export function networkOf(peer: string): string {
  if (isIPv4(peer)) return `${peer.slice(0, peer.lastIndexOf('.'))}.0/24`
  const address = parsed(peer)
  if (address === undefined) return peer
  return 'parts' in address ? `${firstGroups(address, 3)}::/48` : networkOf(address.toString())
}

function firstGroups({ parts }: ipaddr.IPv6, count: number): string {
  return parts
    .slice(0, count)
    .map(part => part.toString(16))
    .join(':')
}

/** Reads `192.0.2.1`, `2001:db8::/32` and the like; undefined for anything else, and for IPv4-mapped IPv6. */
export function rangeOf(text: string): Range | undefined {
  const [, given = '', length] = /^([0-9a-fA-F:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text) ?? []
  const address = ipOf(given)
  if (address === undefined || isIPv4(address) !== isIPv4(given)) return undefined
  const longest = longestPrefix(address)
  const prefix = length === undefined ? longest : Number(length)
  return prefix <= longest ? { address, prefix } : undefined
}

/** The text of a range, as `rangeOf` reads it. */
export function rangeText({ address, prefix }: Range): string {
  return prefix === longestPrefix(address) ? address : `${address}/${prefix}`
}

function longestPrefix(address: string): number {
  return isIPv4(address) ? 32 : 128
}

/** Gives a test whether an address is in one of the ranges. A text that is not an address is in none; IPv4 is in no range of IPv6. */
export function inRanges(ranges: readonly Range[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false
  const known = ranges.map(({ address, prefix }): [Address, number] => [ipaddr.parse(address), prefix])
  return text => {
    const address = parsed(text)
    return address !== undefined && ipaddr.subnetMatch(address, { known }, 'none') === 'known'
  }
}

/**
 * Node decides what is an address, since ipaddr.js also accepts `127.1` and `0x7f.0.0.1`. ipaddr.js would read `::127.0.0.1`, an IPv6
 * address that is not loopback, as 127.0.0.1; it reads `::0:127.0.0.1`, the same address, correctly.
 */
function parsed(text: string): Address | undefined {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text)
  if (!isIPv6(text)) return undefined
  const [withoutZone = ''] = text.split('%')
  const address = ipaddr.IPv6.parse(withoutZone.replace(/^::(?=[0-9]+\.)/, '::0:'))
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}
