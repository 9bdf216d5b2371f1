import { beginningOf } from '../../../data/beginning.ts'
import { reasonOf } from '../../../handlers/letters/refusals/reason_of.ts'
import { collapsedLine } from '../../../handlers/params/plain_text.ts'
import type { Result } from './smarthost.ts'

/** "Service not available, closing transmission channel" (RFC 5321 4.2.3). */
const CLOSING = 421
const LONGEST_REPLY = 1000
const LONGEST_LOOKED_AT = 4 * LONGEST_REPLY

/** An error of nodemailer; the codes are there if the smarthost replied. */
export interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

/**
 * Only a 5xx to RCPT or to the mail data can be permanent. Everything else (greeting, TLS, AUTH, MAIL, any 421, a lost connection) means
 * that the smarthost is down, even a 5xx, which nodemailer would call permanent.
 */
export function resultOf({ code, command = '', responseCode = 0, response, message }: SmtpError): Result {
  const reply = short(response ?? message)
  const aboutLetter = (command === 'RCPT TO' || command === 'DATA') && responseCode > 0
  if (!aboutLetter || responseCode === CLOSING) return { state: 'down', reply }
  const { blames = command === 'DATA' ? 'unsure' : 'recipient' } = reasonOf(reply) ?? {}
  if (blames === 'us') return { state: 'refused', reply }
  // To the command DATA, before the letter itself.
  const isTooEarly = command === 'DATA' && code !== 'EMESSAGE'
  if (responseCode < 500 || isTooEarly) return { state: 'deferred', reply }
  return { state: blames === 'unsure' ? 'doubted' : 'failed', reply }
}

/** A reply on one line, as it is recorded with the attempt. */
export function short(reply: string): string {
  return beginningOf(collapsedLine(reply.slice(0, LONGEST_LOOKED_AT)), LONGEST_REPLY)
}
