import { domainToASCII } from 'node:url'
import { coded } from './smtp_reply.ts'

/** The parameters that we accept for MAIL FROM (RFC 1870, 6152, 4954); for RCPT TO there are none. */
export const MAIL_PARAMETERS: ReadonlySet<string> = new Set(['SIZE', 'BODY', 'AUTH'])
export const RCPT_PARAMETERS: ReadonlySet<string> = new Set()

/** RFC 5321 4.5.3.1.3, without the angle brackets. */
const LONGEST_PATH = 254
/**
 * Any local part, and a domain or an address literal (RFC 5321 4.1.2). Devices and large sites send local parts such as `ilo.` and `a..b`;
 * no letter goes to this address, so nothing depends on its syntax.
 */
const PATH = /^[^@]+@(?:(?![.-])[\w\u0080-\uffff-]+(?:\.[\w\u0080-\uffff-]+)*(?<!-)|\[[0-9A-Za-z:.]+\])$/
/** MAIL or RCPT with a path without angle brackets, as simple clients send it. */
const BARE_PATH = /^(MAIL FROM|RCPT TO)[ \t]*:[ \t]*([^\s<>]+)/i

const NO_SENDER = 'The sender is not a mail address; give one like <susan@example.org>.'

/** Our sentences for refusals of smtp-server that say only that a syntax is bad, by its names of them. */
export const PATH_REFUSALS: ReadonlyMap<unknown, string> = new Map([
  ['SENDER_SYNTAX_ERROR', `5.1.7 ${NO_SENDER}`],
  ['MAILBOX_SYNTAX_ERROR', '5.1.3 The recipient is not a mail address; give one like <susan@example.org>.'],
])

/** A command MAIL or RCPT with its path in angle brackets. Any other text stays as it is. */
export function bracketed(command: string): string {
  return command.replace(BARE_PATH, '$1:<$2>')
}

/** Throws the reply 501 for an envelope sender that is no address. The null sender is one. */
export function checkSender(address: string): void {
  if (address === '') return
  if (address.length > LONGEST_PATH || !PATH.test(address)) throw coded(501, '5.1.7', NO_SENDER)
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
