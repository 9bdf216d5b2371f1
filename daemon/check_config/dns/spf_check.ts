import { ipOf, isLoopback } from '../../net/ip.ts'
import type { DnsAnswers } from './dns_answers.ts'
import { type Finding, faulty } from './finding.ts'
import { SpfFault } from './spf_record.ts'
import { maySend, type SpfTree, spfRecordsAt, spfTree } from './spf_tree.ts'

/** An address that nobody sends from (RFC 5737), and one of IPv6 (RFC 3849). */
const NOBODYS = ['192.0.2.255', '2001:db8::ffff']

/**
 * The SPF of a domain (RFC 7208), and whether it lets the smarthost send; `smarthost` is its host, undefined if letters do not leave through
 * another machine. Throws DnsSilent.
 */
export async function checkSpf(
  answers: DnsAnswers,
  domain: string,
  smarthost: string | undefined,
): Promise<Finding> {
  const records = await spfRecordsAt(answers, domain)
  const [record, ...others] = records
  if (record === undefined)
    return faulty(
      'no SPF',
      `${domain} has no SPF record, so servers may take the letters for spam; add a TXT record at ${domain} with the servers that send for it, such as "v=spf1 mx${smarthost ? ` ${named(smarthost)}` : ''} ~all".`,
    )
  if (others.length > 0)
    return faulty(
      `${records.length} SPF records`,
      `${domain} has ${records.length} SPF records, so servers use none of them; join them to one TXT record.`,
    )
  try {
    return await judged(answers, { domain, smarthost, tree: await spfTree(answers, domain, record) })
  } catch (error) {
    if (!(error instanceof SpfFault)) throw error
    return faulty(
      'a faulty SPF record',
      `The SPF record of ${domain} is of no use: ${error.message}; correct it.`,
    )
  }
}

interface Judged {
  readonly domain: string
  readonly smarthost: string | undefined
  readonly tree: SpfTree
}

async function judged(answers: DnsAnswers, { domain, smarthost, tree }: Judged): Promise<Finding> {
  if (NOBODYS.some(address => maySend(tree, address) === 'yes'))
    return faulty(
      'SPF for everybody',
      `The SPF record of ${domain} lets every server send in its name; end it with "~all" or "-all" instead.`,
    )
  const addresses = smarthost === undefined ? [] : await addressesOf(answers, smarthost)
  const matches = addresses.map(address => maySend(tree, address))
  if (matches.includes('yes')) return { note: `SPF, which names the smarthost ${smarthost}`, warnings: [] }
  if (matches.length === 0 || matches.includes('unsure')) return { note: 'SPF', warnings: [] }
  return {
    // A server may send from other addresses than the one at which it takes letters.
    note: `SPF, which does not name the addresses of ${smarthost} (if that sends from others, this is fine; otherwise add ${named(smarthost!)})`,
    warnings: [],
  }
}

async function addressesOf(answers: DnsAnswers, host: string): Promise<string[]> {
  const address = ipOf(host)
  if (isLoopback(host)) return []
  return address === undefined ? answers.addresses(host) : [address]
}

/** The mechanism that names a host. */
function named(host: string): string {
  const address = ipOf(host)
  if (address === undefined) return `a:${host}`
  return `${address.includes(':') ? 'ip6' : 'ip4'}:${address}`
}
