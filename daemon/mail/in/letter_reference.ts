import type { SignedIds } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'

/** Only the last ones are checked: each costs an HMAC. */
const MOST_REFERENCES = 100

/**
 * Whether a mail contains the mark of one of our letters about a ticket, which only recipients of such a letter know: in the return path
 * that it was sent to, or in the Message-IDs that it refers to. It does not prove the sender.
 */
export function refersToLetter(
  signedIds: SignedIds,
  headers: Headers,
  recipients: readonly string[],
  ticket: number,
): boolean {
  if (recipients.some(address => signedIds.letterOf(address)?.ticket === ticket)) return true
  const answered = ['in-reply-to', 'references'].flatMap(name => valuesOf(headers, name))
  const ids = answered.flatMap(value => value.split(/\s+/))
  return ids.slice(-MOST_REFERENCES).some(id => signedIds.ticketOf(id) === ticket)
}
