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
  /** The password or token that it logged in with. */
  readonly sessionSecret?: string | undefined
  /** The number of the mail that an operator replays with it. */
  readonly replayOf?: number
}

/** The source that a mail counts for where senders share something: its user, or its sender network. */
export function sourceOf({ network, sessionUser }: Incoming): string {
  return network ?? `user ${sessionUser}`
}
