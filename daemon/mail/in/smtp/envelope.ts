import { domainToASCII } from 'node:url'
import { coded } from './smtp_reply.ts'

/** The parameters that MAIL FROM may have here (RFC 1870, 6152, 4954); RCPT TO has none. */
export const MAIL_PARAMETERS: ReadonlySet<string> = new Set(['SIZE', 'BODY', 'AUTH'])
export const RCPT_PARAMETERS: ReadonlySet<string> = new Set()

/** Throws the reply 555 for a parameter that was not offered (RFC 5321 4.1.1.11). */
export function checkParameters(args: object | false, known: ReadonlySet<string>): void {
  const unknown = Object.keys(args || {}).find(name => !known.has(name))
  if (unknown) throw coded(555, '5.5.4', `Unsupported parameter ${unknown}; leave it out.`)
}

/** smtp-server gives the domain of an address in Unicode; ours are kept as they cross the wire (RFC 5890 2.3.2.1). */
export function inAscii(address: string): string {
  const at = address.lastIndexOf('@') + 1
  return /^[\x21-\x7e]*$/.test(address) ? address : address.slice(0, at) + domainToASCII(address.slice(at))
}
