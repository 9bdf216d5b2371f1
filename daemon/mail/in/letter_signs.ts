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

/** What ties a mail to our letters, or to other mails. Each mark of a letter is known to its recipients alone. */
export interface LetterSigns {
  /** The letters whose keys it has, each once: first those of its envelope, then those of its header. */
  readonly keys: readonly ReturnedLetter[]
  /** The letters to whose return paths it was sent. */
  readonly paths: readonly ReturnedLetter[]
  /** The tickets whose letters it answers, each once: the one that it answers first, then those before it. */
  readonly tickets: readonly number[]
  /** The number of the letter that it answers directly. */
  readonly direct: number | undefined
  /** The Message-IDs of all mails that it refers to, ours or not, in the order of `tickets`; at most 100. Anybody may know those of others. */
  readonly messageIds: readonly string[]
}

/** Looks for the marks of our letters in a mail to these recipients. */
export function signsOf(signedIds: SignedIds, headers: Headers, recipients: readonly string[]): LetterSigns {
  const keys = [
    ...recipients.flatMap(address => signedIds.letterOfKey(address) ?? []),
    ...keysIn(signedIds, headers),
  ]
  const messageIds = idsAnswered(headers)
  return {
    keys: [...new Map(keys.map(letter => [letter.name, letter])).values()],
    paths: recipients.flatMap(address => signedIds.letterOf(address) ?? []),
    tickets: ticketsOf(signedIds, messageIds),
    direct: directlyAnswered(signedIds, headers),
    messageIds,
  }
}

/** The letters whose keys stand in the header, in the address that the mail was sent to. */
function keysIn(signedIds: SignedIds, headers: Headers): ReturnedLetter[] {
  const found = ADDRESS_FIELDS.flatMap(name => valuesOf(headers, name)).flatMap(
    value => value.slice(0, LONGEST_FIELD).match(KEYED) ?? [],
  )
  return found.slice(0, MOST_KEYS).flatMap(extension => signedIds.letterOfKey(extension) ?? [])
}

/** The Message-IDs that a mail refers to (RFC 5322 3.6.4). */
function idsAnswered(headers: Headers): string[] {
  const before = idsIn(headers, 'references').reverse()
  return [...idsIn(headers, 'in-reply-to'), ...before].slice(0, MOST_REFERENCES)
}

/** The tickets whose letters have these Message-IDs. */
function ticketsOf(signedIds: SignedIds, ids: readonly string[]): number[] {
  const tickets = ids.map(id => signedIds.ticketOf(id)).filter(ticket => ticket !== undefined)
  return [...new Set(tickets)]
}

/** The letter of the one id in In-Reply-To, or without that field of the last one in References. */
function directlyAnswered(signedIds: SignedIds, headers: Headers): number | undefined {
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
