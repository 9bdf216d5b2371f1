import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What stands for a peer at a unix socket, which has no address. */
export const UNIX = 'unix'

const MAPPED = '::ffff:'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Whether a host is this machine itself: `localhost`, or a loopback address, however it is written. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || parsed(host)?.range() === 'loopback'
}

/** An address or a range of addresses, in the notation of CIDR (RFC 4632, RFC 4291 2.3). */
export interface Range {
  readonly address: string
  readonly prefix: number
}

/**
 * An address in the one way to write it: IPv6 as in RFC 5952, IPv4 in IPv6 (`::ffff:192.0.2.1`) as IPv4, without a zone. Undefined
 * for what is no address.
 */
export function ipOf(text: string): string | undefined {
  // A listener for IPv6 and IPv4 gives IPv4 peers in this form.
  const plain = text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text
  return isIPv4(plain) ? plain : parsed(text)?.toString()
}

/**
 * The owner of a peer, however many addresses it has: the address itself for IPv4, which is given out one by one, and a network of 64 bits
 * for IPv6, of which nobody gets less (RFC 6177). What is no address is its own owner, and so is an owner.
 */
export function ownerOf(peer: string): string {
  // Every request asks for the owner several times, and most come over IPv4.
  if (!peer.includes(':')) return peer
  const address = parsed(peer)
  if (address === undefined) return peer
  return 'parts' in address ? `${firstGroups(address, 4)}::/64` : address.toString()
}

/**
 * The network of a peer, where one hand often has many owners: of IPv4 the /24, the least that is routed by itself; of IPv6 the /48, the
 * most that one site gets (RFC 6177). What is no address is its own network.
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

/** Reads `192.0.2.1`, `2001:db8::/32` and the like; undefined for anything else, and for IPv4 that is written as IPv6. */
export function rangeOf(text: string): Range | undefined {
  const [, given = '', length] = /^([0-9a-fA-F:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text) ?? []
  const address = ipOf(given)
  if (address === undefined || isIPv4(address) !== isIPv4(given)) return undefined
  const longest = longestPrefix(address)
  const prefix = length === undefined ? longest : Number(length)
  return prefix <= longest ? { address, prefix } : undefined
}

/** The same as it is written. */
export function rangeText({ address, prefix }: Range): string {
  return prefix === longestPrefix(address) ? address : `${address}/${prefix}`
}

function longestPrefix(address: string): number {
  return isIPv4(address) ? 32 : 128
}

/** Whether an address is in one of the ranges; what is no address is in none, and IPv4 in none of IPv6. */
export function inRanges(ranges: readonly Range[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false
  const known = ranges.map(({ address, prefix }): [Address, number] => [ipaddr.parse(address), prefix])
  return text => {
    const address = parsed(text)
    return address !== undefined && ipaddr.subnetMatch(address, { known }, 'none') === 'known'
  }
}

/**
 * Node decides what is an address, since the library also takes `127.1` and `0x7f.0.0.1`. It would read `::127.0.0.1`, which is IPv6 and
 * not of this machine, as 127.0.0.1; `::0:127.0.0.1` is the same address, which it reads as what it is.
 */
function parsed(text: string): Address | undefined {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text)
  if (!isIPv6(text)) return undefined
  const [withoutZone = ''] = text.split('%')
  const address = ipaddr.IPv6.parse(withoutZone.replace(/^::(?=[0-9]+\.)/, '::0:'))
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}
