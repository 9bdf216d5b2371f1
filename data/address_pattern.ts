import { domainOf, mailbox, maybeAddress } from './address.ts'
import { Failure, shown } from './failure.ts'
import { trimmed } from './trimmed.ts'

const FORMS = 'give one like ann@spam.example, *@spam.example, *@*.spam.example or ann@*'

/**
 * Parses an address or a pattern of addresses. An asterisk stands for any part before the @, for any domain, or, with a dot after it, for
 * any names before the rest of a domain: `*@*.spam.example` has all addresses below spam.example, but none at it. Gives it in lower case.
 * Throws Failure `invalid`, also for the pattern that has every address.
 */
export function strictPattern(text: string): string {
  const pattern = mailbox(trimmed(text, ' \t'))
  const [local, domain] = parts(pattern)
  if (local === '*' && domain === '*')
    throw new Failure('invalid', `${shown(text)} stands for every address; ${FORMS}.`)
  const hasStray = local !== '*' && local.includes('*')
  // With words in place of the asterisks, it must be an address.
  const host = domain === '*' ? 'any' : domain.startsWith('*.') ? domain.slice(2) : domain
  if (!hasStray && maybeAddress(`${local === '*' ? 'any' : local}@${host}`) !== undefined) return pattern
  throw new Failure('invalid', `${shown(text)} is neither an address nor a pattern; ${FORMS}.`)
}

/** Whether an address is one of those that a pattern, as `strictPattern` gives it, stands for. Takes time linear in their lengths. */
export function matchesPattern(pattern: string, address: string): boolean {
  const [anyLocal, anyDomain] = parts(pattern)
  const [local, domain] = parts(mailbox(address))
  if (anyLocal !== '*' && anyLocal !== local) return false
  return anyDomain.startsWith('*') ? domain.endsWith(anyDomain.slice(1)) : anyDomain === domain
}

/** The part before the last @, and the domain. */
function parts(address: string): readonly [local: string, domain: string] {
  const domain = domainOf(address)
  return [address.slice(0, -domain.length - 1), domain]
}
