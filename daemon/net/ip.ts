import { BlockList, isIP, SocketAddress } from 'node:net'

/** What stands for a peer at a unix socket, which has no address. */
export const UNIX = 'unix'

/** Whether an address, as `ipOf` gives it, is of this machine alone. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
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
  const family = isIP(text)
  if (family === 0) return undefined
  if (family === 4) return text
  const { address } = new SocketAddress({ address: text, family: 'ipv6' })
  const [, mapped] = /^::ffff:([0-9.]+)$/.exec(address) ?? []
  return mapped ?? address
}

/**
 * The owner of a peer, however many addresses it has: the address itself for IPv4, which is given out one by one, and a network of 64 bits
 * for IPv6, of which nobody gets less (RFC 6177). What is no address is its own owner.
 */
export function ownerOf(peer: string): string {
  if (!peer.includes(':')) return peer
  const address = ipOf(peer) ?? peer
  return isIP(address) === 6 ? `${firstGroups(address, 4)}::/64` : address
}

/**
 * The network of a peer, where one hand often has many owners: of IPv4 the /24, the least that is routed by itself; of IPv6 the /48, the
 * most that one site gets (RFC 6177). What is no address is its own network.
 */
export function networkOf(peer: string): string {
  const address = ipOf(peer) ?? peer
  if (isIP(address) === 6) return `${firstGroups(address, 3)}::/48`
  return isIP(address) === 4 ? `${address.slice(0, address.lastIndexOf('.'))}.0/24` : address
}

/** The first groups of an IPv6 address, as `ipOf` gives it. */
function firstGroups(address: string, count: number): string {
  const [front = '', back] = address.split('::')
  const first = front === '' ? [] : front.split(':')
  const last = back ? back.split(':') : []
  const zeros = Array(8 - first.length - last.length).fill('0')
  return [...first, ...zeros, ...last].slice(0, count).join(':')
}

/** Reads `192.0.2.1`, `2001:db8::/32` and the like; undefined for anything else, and for IPv4 that is written as IPv6. */
export function rangeOf(text: string): Range | undefined {
  const [, given = '', length] = /^([0-9a-fA-F:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text) ?? []
  const address = ipOf(given)
  if (address === undefined || isIP(address) !== isIP(given)) return undefined
  const longest = longestPrefix(address)
  const prefix = length === undefined ? longest : Number(length)
  return prefix <= longest ? { address, prefix } : undefined
}

/** The same as it is written. */
export function rangeText({ address, prefix }: Range): string {
  return prefix === longestPrefix(address) ? address : `${address}/${prefix}`
}

function longestPrefix(address: string): number {
  return isIP(address) === 4 ? 32 : 128
}

/** Whether an address, as `ipOf` gives it, is in one of the ranges; what is no address is in none. */
export function inRanges(ranges: readonly Range[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false
  const list = new BlockList()
  for (const { address, prefix } of ranges) list.addSubnet(address, prefix, familyOf(address))
  return address => address !== '' && list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
