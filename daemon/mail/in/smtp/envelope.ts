import { domainToASCII } from 'node:url'
import { coded } from './smtp_reply.ts'

/** The parameters that we accept for MAIL FROM (RFC 1870, 6152, 4954); for RCPT TO there are none. */
export const MAIL_PARAMETERS: ReadonlySet<string> = new Set(['SIZE', 'BODY', 'AUTH'])
export const RCPT_PARAMETERS: ReadonlySet<string> = new Set()

/** RFC 5321 4.5.3.1.3, without the angle brackets. */
const LONGEST_PATH = 254
/** A dot-string or a quoted string, and a domain or an address literal (RFC 5321 4.1.2). The check of smtp-server refuses underscores. */
const PATH = /^[^@.][^@]*(?<!\.)@(?:(?![.-])[\w.\u0080-\uffff-]+(?<![.-])|\[[0-9A-Za-z:.]+\])$/

/** Throws the reply 501 for an envelope sender that is no address. The null sender is one. */
export function checkSender(address: string): void {
  if (address === '') return
  if (address.length > LONGEST_PATH || !PATH.test(address) || address.includes('..'))
    throw coded(501, '5.1.7', 'The sender is not a mail address; give one like <susan@example.org>.')
}

/** Throws the reply 555 for a parameter that EHLO did not offer (RFC 5321 4.1.1.11). */
export function checkParameters(args: object | false, known: ReadonlySet<string>): void {
  const unknown = Object.keys(args || {}).find(name => !known.has(name))
  if (unknown) throw coded(555, '5.5.4', `Unsupported parameter ${unknown}; leave it out.`)
}

/** An address with its domain as A-labels (RFC 5890 2.3.2.1), the form that we store; smtp-server gives it in Unicode. */
export function inAscii(address: string): string {
  const at = address.lastIndexOf('@') + 1
  return /^[\x21-\x7e]*$/.test(address) ? address : address.slice(0, at) + domainToASCII(address.slice(at))
}
