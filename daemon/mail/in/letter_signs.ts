import type { ReturnedLetter, SignedIds } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'

/** Fields that name the address that a mail was sent to, if a relay has changed the envelope. */
const ADDRESS_FIELDS = ['to', 'cc', 'delivered-to', 'x-original-to', 'x-forwarded-to']
/** In characters; the rest of a field is not searched. */
const LONGEST_FIELD = 64 * 1024
/** Each check costs an HMAC. */
const MOST_KEYS = 20
const MOST_REFERENCES = 100
const KEYED = /\+[rtnhudo][0-9a-z]{0,3}\.[0-9a-z]{1,11}\.[0-9a-z]{1,11}\.[a-z2-7]{16}@/gi

/** The letters whose keys stand in the header of a mail, in the address that it was sent to. */
export function lettersByKey(signedIds: SignedIds, headers: Headers): ReturnedLetter[] {
  const found = ADDRESS_FIELDS.flatMap(name => valuesOf(headers, name)).flatMap(
    value => value.slice(0, LONGEST_FIELD).match(KEYED) ?? [],
  )
  return found.slice(0, MOST_KEYS).flatMap(extension => signedIds.letterOfKey(extension) ?? [])
}

/**
 * The tickets whose letters a mail answers, by the Message-IDs that it refers to (RFC 5322 3.6.4): the one that it answers first, then
 * those before it, each once. Our Message-IDs have a mark that only recipients of the letters know. They do not prove the sender.
 */
export function ticketsAnswered(signedIds: SignedIds, headers: Headers): number[] {
  const tickets = idsAnswered(headers)
    .map(id => signedIds.ticketOf(id))
    .filter(ticket => ticket !== undefined)
  return [...new Set(tickets)]
}

/** The Message-IDs that a mail refers to: the one that it answers first; at most 100. */
export function idsAnswered(headers: Headers): string[] {
  const before = idsIn(headers, 'references').reverse()
  return [...idsIn(headers, 'in-reply-to'), ...before].slice(0, MOST_REFERENCES)
}

/**
 * The number of the letter that a mail answers directly: the one id in In-Reply-To, or without that field the last one in References.
 * Undefined if that is none of our letters.
 */
export function directlyAnswered(signedIds: SignedIds, headers: Headers): number | undefined {
  const answered = headers.values.has('in-reply-to')
    ? idsIn(headers, 'in-reply-to')
    : idsIn(headers, 'references').slice(-1)
  return answered.length === 1 ? signedIds.letterNamed(answered[0]!)?.number : undefined
}

function idsIn(headers: Headers, field: string): string[] {
  return valuesOf(headers, field).flatMap(
    value => value.slice(-LONGEST_FIELD).match(/<[^<>\s]{1,1000}>/g) ?? [],
  )
}
