import type { RawMail } from './raw_mail.ts'

/** A mail as the session handed it over. */
export interface Incoming {
  readonly raw: RawMail
  readonly envelopeFrom: string
  /** Addresses that are ours, as RCPT TO named them. */
  readonly recipients: readonly string[]
  readonly peer: string
  /** The sender network that its files count for; undefined where the session logged in. */
  readonly network: string | undefined
  /** The id of the session, as in the log. */
  readonly session: string
  /** The user that the session logged in as. */
  readonly sessionUser: number | null
  /** The token that it logged in with in place of a password. */
  readonly sessionToken: number | undefined
  /** The password or token that it logged in with. */
  readonly sessionSecret?: string | undefined
}

/** What a mail counts for in what all senders share: its user, or its sender network. */
export function sourceOf({ network, sessionUser }: Incoming): string {
  return network ?? `user ${sessionUser}`
}
