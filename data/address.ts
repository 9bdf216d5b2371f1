import { Failure, shown } from './failure.ts'
import { trimmed } from './trimmed.ts'

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
/** Underscores stand in no host name (RFC 952), but in names that DNS knows, and mail is sent from and to such domains. */
const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
/** Some programs read a domain with such a last label as an IPv4 address: nodemailer sends to 0.0.0.7 for a@7. RFC 3696 section 2 rules it out. */
const NUMBER = '(?:[0-9]+|0[xX][0-9A-Fa-f]*)$'
const ADDRESS = new RegExp(`^(${ATOM}(?:\\.${ATOM})*)@((?:${LABEL}\\.)*(?!${NUMBER})${LABEL})$`)
const LONGEST = 254
const LONGEST_LOCAL_PART = 64
/** Limit with the surrounding blanks; a longer text is refused unread. */
const LONGEST_TEXT = 1000

/**
 * Parses one mail address strictly: an ASCII dot-atom, an @, a domain of letters, digits, hyphens and underscores (RFC
 * 5321 4.1.2 without quoted local parts, routes, comments and address literals; lengths from 4.5.3.1). Surrounding blanks are ignored.
 * Gives it with the domain in lower case and the local part as written. Throws Failure `invalid`.
 */
export function strictAddress(text: string): string {
  const found = maybeAddress(text)
  if (found) return found
  throw new Failure('invalid', `${shown(text)} is not a mail address; give one like susan@example.org.`)
}

/** As `strictAddress`, but gives undefined for a text that is not an address. */
export function maybeAddress(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const bare = trimmed(text, ' \t')
  if (bare.length > LONGEST) return undefined
  const [, local, domain] = ADDRESS.exec(bare) ?? []
  if (!local || !domain || local.length > LONGEST_LOCAL_PART) return undefined
  return `${local}@${domain.toLowerCase()}`
}

/** The address in lower case. Compare addresses by this, but send to the address as written. */
export function mailbox(address: string): string {
  return address.toLowerCase()
}

/** The address as written, and as other records are likely to have it; a look-up by key needs each. */
export function spellingsOf(address: string): readonly string[] {
  return [...new Set([address, mailbox(address)])]
}

/**
 * The address without its dots and without the part from a plus sign on: many sites deliver all of these to one inbox. Other sites
 * tell them apart, so use it only for counting.
 */
export function inbox(address: string): string {
  const domain = domainOf(address)
  const local = address.slice(0, -domain.length - 1)
  const [front = ''] = local.replaceAll('.', '').split('+', 1)
  return mailbox(`${front || local}@${domain}`)
}

/** The part after the @. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
