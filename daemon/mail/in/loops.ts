import { LOOP_FIELD, type SignedIds } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'
import type { Incoming } from './incoming.ts'

/** A mail with more Received fields is in a loop (RFC 5321 6.3). */
const MOST_SERVERS = 50
/** After this many letters in a row, helpdesks are answering each other. */
const MOST_HELPDESKS = 3

/** `looping`: too many hops. `dropped`: one of our own letters came back. `answering`: helpdesks answer each other. */
export type Loop = 'looping' | 'dropped' | 'answering'

/** The kind of loop that a mail is in; undefined if it is in none. */
export function loopOf(incoming: Incoming, signedIds: SignedIds): Loop | undefined {
  const { headers } = incoming.raw
  if (valuesOf(headers, 'received').length > MOST_SERVERS) return 'looping'
  if (isOurOwn(headers, signedIds, incoming)) return 'dropped'
  if (hopsIn(headers) >= MOST_HELPDESKS) return 'answering'
  return undefined
}

/** How many helpdesk letters led to a mail, by its loop field; 0 without the field. */
export function hopsIn(headers: Headers): number {
  return Math.max(0, ...valuesOf(headers, LOOP_FIELD).map(hopsOf))
}

/** A value without a count counts as 1. */
function hopsOf(value: string): number {
  const [, count = '1'] = /^\S{1,100} ([0-9]{1,3})$/.exec(value) ?? []
  return Number(count)
}

/**
 * Whether the mail is one of our letters that came back. A report about a letter comes to its return path and is not a loop, whoever sends
 * it and whatever fields of the letter it has.
 */
function isOurOwn(headers: Headers, signedIds: SignedIds, { envelopeFrom, recipients }: Incoming): boolean {
  const isReturned = recipients.some(address => signedIds.letterOf(address) !== undefined)
  if (isReturned && envelopeFrom === '') return false
  if (!isReturned && valuesOf(headers, LOOP_FIELD).some(value => signedIds.isOurLoop(value))) return true
  return valuesOf(headers, 'message-id').some(value => signedIds.isOurMessageId(value))
}
