// One thing: the grammar of SPF records (RFC 7208 4.6, 5 and 6), as far as it tells which addresses they name.
import { isIPv4 } from 'node:net'
import { shown } from '../../../data/failure.ts'
import { type Range, rangeOf } from '../../net/ip.ts'

/** A record that receivers cannot use (permerror); the message is a clause. */
export class SpfFault extends Error {}

const VERSION = 'v=spf1'
const QUALIFIERS = '+-~?'

/** `host`: the addresses of a host; `mail_hosts`: those of the MX of a domain. `opaque`: what depends on the mail or on reverse look-ups. */
export type SpfMechanism =
  | { readonly kind: 'all' }
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'include'; readonly domain: string }
  | {
      readonly kind: 'host' | 'mail_hosts'
      readonly domain: string
      readonly prefix4: number
      readonly prefix6: number
    }
  | { readonly kind: 'opaque' }
/** A mechanism, and whether an address that matches it may send. */
export interface SpfTerm {
  readonly mechanism: SpfMechanism
  readonly passes: boolean
}
/** The mechanisms of a record, of which the first that matches counts. */
export interface SpfRecord {
  readonly terms: readonly SpfTerm[]
  /** The domain whose record counts if no term matches. */
  readonly redirect: string | undefined
}

/** Whether a TXT record is meant as SPF (RFC 7208 4.5). */
export function isSpf(text: string): boolean {
  const [version = ''] = text.split(' ', 1)
  return version.toLowerCase() === VERSION
}

/** Reads the SPF record of a domain. Throws SpfFault. */
export function spfRecordOf(text: string, domain: string): SpfRecord {
  const terms: SpfTerm[] = []
  let redirect: string | undefined
  for (const word of text.slice(VERSION.length).split(' ').filter(Boolean)) {
    const modifier = modifierIn(word)
    if (modifier?.name === 'redirect') {
      if (redirect !== undefined) throw new SpfFault('it has redirect= twice')
      redirect = hostIn(modifier.value, word)
    }
    if (modifier) continue
    const isQualified = QUALIFIERS.includes(word[0]!)
    const mechanism = mechanismOf(isQualified ? word.slice(1) : word, domain)
    terms.push({ mechanism, passes: !isQualified || word.startsWith('+') })
  }
  return { terms, redirect }
}

/** A term whose name ends with an equals sign; no name of a mechanism has one. */
function modifierIn(word: string): { name: string; value: string } | undefined {
  const [name = ''] = word.split(/[:/=]/, 1)
  return word[name.length] === '='
    ? { name: name.toLowerCase(), value: word.slice(name.length + 1) }
    : undefined
}

function mechanismOf(word: string, domain: string): SpfMechanism {
  const [name = ''] = word.split(/[:/]/, 1)
  const value = word[name.length] === ':' ? word.slice(name.length + 1) : undefined
  const lengths = value === undefined ? word.slice(name.length) : ''
  switch (name.toLowerCase()) {
    case 'all':
      if (word.length > name.length) break
      return { kind: 'all' }
    case 'ip4':
    case 'ip6': {
      const range = rangeOf(value ?? '')
      if (!range || isIPv4(range.address) !== (name.toLowerCase() === 'ip4')) break
      return { kind: 'range', range }
    }
    case 'include':
      return isOpaque(value) ? { kind: 'opaque' } : { kind: 'include', domain: hostIn(value, word) }
    case 'a':
    case 'mx':
      return hostsOf(name.toLowerCase() === 'a' ? 'host' : 'mail_hosts', value ?? `${domain}${lengths}`, word)
    case 'ptr':
    case 'exists':
      return { kind: 'opaque' }
  }
  throw new SpfFault(`${shown(word)} is no part of SPF`)
}

function hostsOf(kind: 'host' | 'mail_hosts', value: string, word: string): SpfMechanism {
  if (isOpaque(value)) return { kind: 'opaque' }
  const [host = '', ...lengths] = value.split('/')
  // Two slashes stand before the length of IPv6.
  const [ip4, ...rest] = lengths[0] === '' ? ['32', ...lengths] : [lengths[0] ?? '32', ...lengths.slice(1)]
  const ip6 = rest.length === 2 && rest[0] === '' ? rest[1]! : '128'
  const isRead = rest.length === 0 || (rest.length === 2 && rest[0] === '')
  const [prefix4, prefix6] = [prefixIn(ip4!, 32), prefixIn(ip6, 128)]
  if (!isRead || prefix4 === undefined || prefix6 === undefined)
    throw new SpfFault(`${shown(word)} is no part of SPF`)
  return { kind, domain: hostIn(host, word), prefix4, prefix6 }
}

function prefixIn(text: string, longest: number): number | undefined {
  const length = Number(text)
  return text !== '' && `${length}` === text && length >= 0 && length <= longest ? length : undefined
}

/** Whether a domain has a macro, which depends on the mail (RFC 7208 7). */
function isOpaque(value: string | undefined): boolean {
  return value?.includes('%') ?? false
}

function hostIn(value: string | undefined, word: string): string {
  const name = (value ?? '').replace(/\.$/, '')
  const isName = name.length <= 253 && name.split('.').every(label => /^[\w-]{1,63}$/.test(label))
  if (!isName) throw new SpfFault(`${shown(word)} names no domain`)
  return name.toLowerCase()
}
