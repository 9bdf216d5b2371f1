import { withoutTokens } from '../../../../data/token.ts'
import type { Refusal } from '../../../log/counts.ts'
import type { Events } from '../../../log/events.ts'

const MOST_RECIPIENTS_SHOWN = 10
/** In characters; a reply may quote what the peer sent. */
const LONGEST_REPLY = 300

/** A refusal at the mail door, as far as its facts are known. */
export interface Refused {
  readonly session?: string
  readonly peer: string
  readonly reason: Refusal
  /** The reply, or why there was none. */
  readonly reply: string
  readonly user?: string | undefined
  readonly envelope_from?: string | undefined
  readonly recipients?: readonly string[] | undefined
  readonly message_id?: string | undefined
}

/** Counts a refusal, and logs it unless its peer has used up its log lines. */
export function tellRefused(
  events: Events,
  { reply, envelope_from, recipients = [], ...rest }: Refused,
): void {
  const some = recipients.slice(0, MOST_RECIPIENTS_SHOWN)
  // People put tokens into address fields by mistake.
  events.mailRefused({
    ...rest,
    reply: withoutTokens(reply).slice(0, LONGEST_REPLY),
    envelope_from: envelope_from === undefined ? undefined : withoutTokens(envelope_from),
    recipients: some.length > 0 ? some.map(withoutTokens) : undefined,
  })
}
