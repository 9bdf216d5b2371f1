import type { Mail } from '../../../data/tables.ts'
import { inRanges, type Range } from '../../net/ip.ts'
import { senderNetwork } from '../sender_network.ts'
import type { RawMail } from './received/raw_mail.ts'

/** A mail with its envelope and the facts of its session. */
export interface Incoming {
  readonly raw: RawMail
  readonly envelopeFrom: string
  /** Our own addresses, as RCPT TO named them. */
  readonly recipients: readonly string[]
  readonly peer: string
  /** The sender network that its files count for; undefined if the session logged in. */
  readonly network: string | undefined
  /** The id of the session, as in the log. */
  readonly session: string
  /** The user that the session logged in as. */
  readonly sessionUser: number | null
  /** The id of the token that it used instead of a password. */
  readonly sessionToken: number | undefined
  /** The hashes of the tokens in the addresses that it was sent to. */
  readonly tokenHashes?: readonly string[]
  /** What the mail must not contain in any form that is kept: the password or token of the login, and the tokens of its addresses. */
  readonly secrets?: readonly string[]
  /** The number of the mail that an operator replays with it. */
  readonly replayOf?: number
}

/** By what a mail came that other mails do not have: the login of its session, or the tokens of its addresses; else `anybody`. */
export function wayOf({ sessionUser, tokenHashes = [] }: Incoming): string {
  return `${sessionUser ?? tokenHashes[0] ?? 'anybody'}`
}

/** The source that a mail counts for where senders share something: its user, or its sender network. */
export function sourceOf({ network, sessionUser }: Pick<Incoming, 'network' | 'sessionUser'>): string {
  return network ?? `user ${sessionUser}`
}

/** The same of a mail that was received before; `relays` is the setting smtp.relays. */
export function formerSourceOf(relays: readonly Range[]): (mail: Mail) => string {
  const isRelay = inRanges(relays)
  return ({ login, peer, envelope_from }) =>
    login === undefined
      ? senderNetwork(peer, envelope_from, isRelay)
      : sourceOf({ network: undefined, sessionUser: login })
}
