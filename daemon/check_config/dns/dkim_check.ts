import { type DnsAnswers, DnsSilent } from './dns_answers.ts'
import { tagsOf } from './dns_tags.ts'
import type { Finding } from './finding.ts'

/** DNS cannot list the selectors of a domain; these are the defaults of common mail servers and services. */
const USUAL: readonly string[] = [
  'default',
  'mail',
  'dkim',
  'google',
  'selector1',
  'selector2',
  's1',
  's2',
  'k1',
  'fm1',
]

/**
 * Under which of the usual selectors a domain has a key (RFC 6376 3.6.1). That there is none warns of nothing: the mail server that signs
 * chooses the selector. Throws DnsSilent if DNS says nothing of any.
 */
export async function checkDkim(answers: DnsAnswers, domain: string): Promise<Finding> {
  const asked = await Promise.all(
    USUAL.map(async selector => ({ selector, has: await hasKey(answers, selector, domain) })),
  )
  if (asked.every(({ has }) => has === undefined)) throw new DnsSilent()
  const found = asked.filter(({ has }) => has).map(({ selector }) => selector)
  const note =
    found.length > 0
      ? `DKIM key under ${found.join(', ')}`
      : 'no DKIM key was found under the usual selectors (if your mail server signs under another, this is fine)'
  return { note, warnings: [] }
}

/** Undefined if DNS is silent. A key that is empty was revoked. */
async function hasKey(answers: DnsAnswers, selector: string, domain: string): Promise<boolean | undefined> {
  try {
    const records = await answers.texts(`${selector}._domainkey.${domain}`)
    return records.map(tagsOf).some(tags => (tags.get('v') ?? 'DKIM1') === 'DKIM1' && !!tags.get('p'))
  } catch (error) {
    if (error instanceof DnsSilent) return undefined
    throw error
  }
}
