// One thing: what the SPF record of a domain comes to with all that it includes, and what it says of an address (RFC 7208 4.6).
import { isIPv4 } from 'node:net'
import { shown } from '../../../data/failure.ts'
import { inRanges, type Range } from '../../net/ip.ts'
import type { DnsAnswers } from './dns_answers.ts'
import { isSpf, SpfFault, type SpfMechanism, type SpfRecord, spfRecordOf } from './spf_record.ts'

/** Look-ups that one check may cause, and mail hosts that one `mx` may have (RFC 7208 4.6.4). */
const MOST_LOOKUPS = 10
const MOST_MAIL_HOSTS = 10

/** Whether an address matches; `unsure`: it depends on the mail. */
type Match = 'yes' | 'no' | 'unsure'
interface Branch {
  readonly passes: boolean
  matches(address: string): Match
}
/** What a record says of addresses. */
export interface SpfTree {
  readonly branches: readonly Branch[]
  readonly redirect: SpfTree | undefined
}

/** The SPF records of a domain; there should be one. Throws DnsSilent. */
export async function spfRecordsAt(answers: DnsAnswers, domain: string): Promise<string[]> {
  return (await answers.texts(domain)).filter(isSpf)
}

/** Looks up all that a record names. Throws SpfFault for what receivers cannot use, and DnsSilent. */
export async function spfTree(answers: DnsAnswers, domain: string, text: string): Promise<SpfTree> {
  const walk = { answers, lookups: 0 }
  return grown(walk, spfRecordOf(text, domain))
}

/** Whether an address may send for the domain of a tree. */
export function maySend({ branches, redirect }: SpfTree, address: string): Match {
  for (const { passes, matches } of branches) {
    const match = matches(address)
    if (match === 'unsure') return 'unsure'
    if (match === 'yes') return passes ? 'yes' : 'no'
  }
  return redirect ? maySend(redirect, address) : 'no'
}

interface Walk {
  readonly answers: DnsAnswers
  lookups: number
}

async function grown(walk: Walk, { terms, redirect }: SpfRecord): Promise<SpfTree> {
  const branches: Branch[] = []
  for (const { mechanism, passes } of terms)
    branches.push({ passes, matches: await matcher(walk, mechanism) })
  // Where a term matches every address, it is ignored (RFC 7208 6.1).
  const isReached = redirect !== undefined && !terms.some(({ mechanism }) => mechanism.kind === 'all')
  return { branches, redirect: isReached ? await included(walk, redirect) : undefined }
}

async function matcher(walk: Walk, mechanism: SpfMechanism): Promise<Branch['matches']> {
  switch (mechanism.kind) {
    case 'all':
      return () => 'yes'
    case 'range':
      return within([mechanism.range])
    case 'opaque':
      count(walk)
      return () => 'unsure'
    case 'include': {
      const tree = await included(walk, mechanism.domain)
      return address => maySend(tree, address)
    }
    default: {
      count(walk)
      const { kind, domain, prefix4, prefix6 } = mechanism
      const hosts = kind === 'host' ? [domain] : await mailHosts(walk, domain)
      const found = await Promise.all(hosts.map(host => walk.answers.addresses(host)))
      const addresses = found.flat()
      return within(addresses.map(address => ({ address, prefix: isIPv4(address) ? prefix4 : prefix6 })))
    }
  }
}

function within(ranges: readonly Range[]): Branch['matches'] {
  const isWithin = inRanges(ranges)
  return address => (isWithin(address) ? 'yes' : 'no')
}

async function included(walk: Walk, domain: string): Promise<SpfTree> {
  count(walk)
  const [text, ...others] = await spfRecordsAt(walk.answers, domain)
  if (text === undefined) throw new SpfFault(`it names ${shown(domain)}, which has no SPF record`)
  if (others.length > 0) throw new SpfFault(`it names ${shown(domain)}, which has several SPF records`)
  return grown(walk, spfRecordOf(text, domain))
}

async function mailHosts({ answers }: Walk, domain: string): Promise<string[]> {
  const hosts = await answers.mailHosts(domain)
  if (hosts.length > MOST_MAIL_HOSTS)
    throw new SpfFault(`the mx of ${shown(domain)} has more than ${MOST_MAIL_HOSTS} hosts`)
  return hosts.map(({ exchange }) => exchange).filter(Boolean)
}

function count(walk: Walk): void {
  if (++walk.lookups > MOST_LOOKUPS)
    throw new SpfFault(`it needs more than ${MOST_LOOKUPS} look-ups, which receivers refuse`)
}
