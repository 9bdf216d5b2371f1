import { LOOP_FIELD, type SignedIds } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'
import type { Incoming } from './incoming.ts'

/** A mail that has been through more servers is in a loop (RFC 5321 6.3). */
const MOST_SERVERS = 50
/** A mail that so many letters of helpdesks led to is a loop of helpdesks. */
const MOST_HELPDESKS = 3

/**
 * `looping`: it has been through too many servers. `dropped`: it is one of our own letters. `answering`: helpdesks answer each other.
 */
export type Loop = 'looping' | 'dropped' | 'answering'

/** The loop that a mail is in; undefined where it is in none. */
export function loopOf(incoming: Incoming, signedIds: SignedIds): Loop | undefined {
  const { headers } = incoming.raw
  if (valuesOf(headers, 'received').length > MOST_SERVERS) return 'looping'
  if (isOurOwn(headers, signedIds, incoming)) return 'dropped'
  if (hopsIn(headers) >= MOST_HELPDESKS) return 'answering'
  return undefined
}

/** How many letters of helpdesks led to a mail, as it says; 0 where it says nothing. */
export function hopsIn(headers: Headers): number {
  return Math.max(0, ...valuesOf(headers, LOOP_FIELD).map(hopsOf))
}

/** One where there is no count behind the word that we know it by. */
function hopsOf(value: string): number {
  const [, count = '1'] = /^\S{1,100} ([0-9]{1,3})$/.exec(value) ?? []
  return Number(count)
}

/** A letter of ours that came back by a loop; a report about one comes to its return path, and is none. */
function isOurOwn(headers: Headers, signedIds: SignedIds, { envelopeFrom, recipients }: Incoming): boolean {
  if (envelopeFrom === '' && recipients.some(address => signedIds.letterOf(address) !== undefined))
    return false
  if (valuesOf(headers, LOOP_FIELD).some(value => signedIds.isOurLoop(value))) return true
  return valuesOf(headers, 'message-id').some(value => signedIds.isOurMessageId(value))
}
