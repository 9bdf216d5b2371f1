import { LOOP_FIELD, type SignedIds } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'
import type { Incoming } from './incoming.ts'

/** A mail with more Received fields is in a loop (RFC 5321 6.3). */
const MOST_SERVERS = 50
/** After this many letters in a row, helpdesks are answering each other. */
const MOST_HELPDESKS = 3

/** Whether so many servers have handed a mail on that it must be in a loop of servers. */
export function hasTooManyServers(headers: Headers): boolean {
  return valuesOf(headers, 'received').length > MOST_SERVERS
}

/**
 * Why a mail is in a loop of letters, as a clause; undefined if it is in none. It is one of our letters that came back, or helpdesks answer
 * each other. A report that comes to the return path of a letter is in no loop, whatever fields of the letter it has.
 */
export function loopOf(
  headers: Headers,
  { envelopeFrom, recipients }: Pick<Incoming, 'envelopeFrom' | 'recipients'>,
  signedIds: SignedIds,
): string | undefined {
  const isReturned = recipients.some(address => signedIds.letterOf(address) !== undefined)
  if (isReturned && envelopeFrom === '') return undefined
  if (!isReturned && valuesOf(headers, LOOP_FIELD).some(value => signedIds.isOurLoop(value)))
    return 'its X-Helpdesk-Loop is that of our letters'
  if (valuesOf(headers, 'message-id').some(value => signedIds.isOurMessageId(value)))
    return 'its Message-ID is that of one of our letters'
  const hops = hopsIn(headers)
  return hops < MOST_HELPDESKS
    ? undefined
    : `its X-Helpdesk-Loop counts ${hops} letters of helpdesks in a row`
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
