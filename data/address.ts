import { Failure, shown } from './failure.ts'
import { trimmed } from './trimmed.ts'

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
/** A name that ends like this is read as an IPv4 address by some programs: nodemailer writes to 0.0.0.7 for a@7 (RFC 3696 2 has no such name). */
const NUMBER = '(?:[0-9]+|0[xX][0-9A-Fa-f]*)$'
const ADDRESS = new RegExp(`^(${ATOM}(?:\\.${ATOM})*)@((?:${LABEL}\\.)*(?!${NUMBER})${LABEL})$`)
const LONGEST = 254
const LONGEST_LOCAL_PART = 64
/** With blanks around it; more is not even looked at. */
const LONGEST_TEXT = 1000

/**
 * One mail address, strictly: an ASCII dot-atom, an @, a domain of letters, digits and hyphens (RFC 5321 4.1.2 without
 * quoted local parts, routes, comments and address literals; lengths from 4.5.3.1). Surrounding blanks are not part of it.
 * Gives it with the domain in lower case and the local part as written; throws Failure `invalid`.
 */
export function strictAddress(text: string): string {
  const found = maybeAddress(text)
  if (found) return found
  throw new Failure('invalid', `${shown(text)} is not a mail address; give one like susan@example.org.`)
}

/** The same, with undefined for a text that is no address. */
export function maybeAddress(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const bare = trimmed(text, ' \t')
  if (bare.length > LONGEST) return undefined
  const [, local, domain] = ADDRESS.exec(bare) ?? []
  if (!local || !domain || local.length > LONGEST_LOCAL_PART) return undefined
  return `${local}@${domain.toLowerCase()}`
}

/** What two spellings of one mailbox have in common: all in lower case. Compare by it, write to the address itself. */
export function mailbox(address: string): string {
  return address.toLowerCase()
}

/**
 * What the addresses that many sites bring to one inbox have in common: without what stands behind a plus, and without dots. Others
 * tell them apart, so it is for counting alone.
 */
export function inbox(address: string): string {
  const domain = domainOf(address)
  const local = address.slice(0, -domain.length - 1)
  const [front = ''] = local.replaceAll('.', '').split('+', 1)
  return mailbox(`${front || local}@${domain}`)
}

/** The part behind the @. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
