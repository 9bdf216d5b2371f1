import { shown } from '../../../data/failure.ts'
import type { DnsAnswers } from './dns_answers.ts'
import { tagsOf } from './dns_tags.ts'
import { type Finding, faulty } from './finding.ts'

const VERSION = 'v=DMARC1'
const POLICIES: readonly unknown[] = ['none', 'quarantine', 'reject']
/** As many parents as a receiver asks that walks up the tree. */
const MOST_PARENTS = 7

/**
 * The DMARC policy of a domain (RFC 7489 6.6.3). Without a record of its own, that of the organizational domain holds: which one that is, each
 * receiver finds out for itself, so the nearest domain above that has a record is named. Throws DnsSilent.
 */
export async function checkDmarc(answers: DnsAnswers, domain: string): Promise<Finding> {
  for (const name of [domain, ...parentsOf(domain)]) {
    const records = (await answers.texts(`_dmarc.${name}`)).filter(isDmarc)
    if (records.length > 1)
      return faulty(
        `${records.length} DMARC records`,
        `_dmarc.${name} has ${records.length} DMARC records, so receivers use none of them; remove all but one.`,
      )
    const [record] = records
    if (record !== undefined) return judged(record, name, domain)
  }
  return faulty(
    'no DMARC',
    `${domain} has no DMARC record, so large mail services may refuse the letters; add a TXT record at _dmarc.${domain}, such as "v=DMARC1; p=none".`,
  )
}

function judged(record: string, name: string, domain: string): Finding {
  const tags = tagsOf(record)
  const isOwn = name === domain
  const tag = !isOwn && tags.has('sp') ? 'sp' : 'p'
  const policy = tags.get(tag) ?? ''
  const whose = isOwn ? '' : ` by ${name}, if receivers count ${domain} to it`
  if (POLICIES.includes(policy.toLowerCase())) return { note: `DMARC ${tag}=${policy}${whose}`, warnings: [] }
  return faulty(
    'a faulty DMARC record',
    `The DMARC record at _dmarc.${name} has ${policy ? `${tag}=${shown(policy)}` : `no ${tag}=`}; write ${tag}=none, ${tag}=quarantine or ${tag}=reject.`,
  )
}

function isDmarc(record: string): boolean {
  const [version = ''] = record.split(';', 1)
  return version.replaceAll(' ', '') === VERSION
}

/** The domains above a domain, the nearest first, without the top-level domain. */
function parentsOf(domain: string): string[] {
  const labels = domain.split('.')
  const all = labels.map((_, at) => labels.slice(at).join('.')).slice(1, -1)
  return all.slice(-MOST_PARENTS)
}
