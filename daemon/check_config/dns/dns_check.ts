import { domainOf } from '../../../data/address.ts'
import { nameList } from '../../../data/name_list.ts'
import { checkDkim } from './dkim_check.ts'
import { checkDmarc } from './dmarc_check.ts'
import { DnsAnswers, type DnsSetting, DnsSilent } from './dns_answers.ts'
import type { Finding } from './finding.ts'
import { checkMx } from './mx_check.ts'
import { isReserved } from './reserved_domain.ts'
import { checkSpf } from './spf_check.ts'

/** More domains are not asked about, and as many of them are named. */
const MOST_DOMAINS = 10

/** What DNS says of the domains of a site: sentences that say what to do, and one for each domain that says what there is. */
export interface DnsFindings {
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Asks DNS about MX, SPF, DKIM and DMARC of the domain of each address, for a few seconds. `smarthost` is the URL of the smarthost. Reserved
 * domains are not asked about. Only tests have a setting of DNS.
 */
export async function checkDns(
  addresses: readonly string[],
  smarthost: string,
  setting?: DnsSetting,
): Promise<DnsFindings> {
  const domains = [...new Set(addresses.map(address => domainOf(address).toLowerCase()))]
  const asked = domains.filter(domain => !isReserved(domain))
  if (asked.length === 0) return { warnings: [], notes: [] }
  const answers = new DnsAnswers(setting)
  try {
    const host = smarthostHost(smarthost)
    const found = await Promise.all(
      asked.slice(0, MOST_DOMAINS).map(domain => checkDomain(answers, domain, host)),
    )
    const more = asked.slice(MOST_DOMAINS)
    return {
      warnings: [...silence(found), ...found.flatMap(({ warnings }) => warnings)],
      notes: [
        ...found.flatMap(({ note }) => note ?? []),
        ...(more.length > 0
          ? [`DNS was asked about ${MOST_DOMAINS} domains alone, and not about ${shortened(more)}.`]
          : []),
      ],
    }
  } finally {
    answers.close()
  }
}

interface DomainFindings {
  readonly domain: string
  readonly note: string | undefined
  readonly warnings: readonly string[]
  /** About what DNS was silent. */
  readonly silent: readonly string[]
}

async function checkDomain(
  answers: DnsAnswers,
  domain: string,
  smarthost: string | undefined,
): Promise<DomainFindings> {
  const checks = {
    MX: checkMx(answers, domain),
    SPF: checkSpf(answers, domain, smarthost),
    DKIM: checkDkim(answers, domain),
    DMARC: checkDmarc(answers, domain),
  }
  const silent: string[] = []
  const found: Finding[] = []
  const results = await Promise.allSettled(Object.values(checks))
  for (const [at, name] of Object.keys(checks).entries()) {
    const result = results[at]!
    if (result.status === 'fulfilled') found.push(result.value)
    else if (result.reason instanceof DnsSilent) silent.push(name)
    else throw result.reason
  }
  return {
    domain,
    note: found.length > 0 ? `DNS of ${domain}: ${found.map(({ note }) => note).join('; ')}.` : undefined,
    warnings: found.flatMap(({ warnings }) => warnings),
    silent,
  }
}

/** About what DNS said nothing; without any answer, that is most likely a machine without a network. */
function silence(found: readonly DomainFindings[]): string[] {
  if (found.every(({ note }) => note === undefined))
    return ['DNS does not answer, so MX, SPF, DKIM and DMARC were not checked.']
  return found
    .filter(({ silent }) => silent.length > 0)
    .map(
      ({ domain, silent }) =>
        `DNS does not answer about ${domain}, so its ${nameList(silent)} ${silent.length > 1 ? 'were' : 'was'} not checked.`,
    )
}

/** Some of the names, and how many there are besides. */
function shortened(names: readonly string[]): string {
  return names.length > MOST_DOMAINS ? nameList(names, MOST_DOMAINS) : names.join(', ')
}

/** The host in the URL of the smarthost; undefined if letters are written to files. */
export function smarthostHost(url: string): string | undefined {
  return url.startsWith('file:') ? undefined : new URL(url).hostname.replace(/^\[|\]$/g, '')
}
