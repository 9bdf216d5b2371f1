import { beginningOf } from '../../../data/beginning.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import { firstOf } from './headers.ts'
import type { Received } from './received.ts'

const LONGEST_REASON = 1000
/** In characters; the rest of the lines with the reason is ignored. */
const LONGEST_LOOKED_AT = 4 * LONGEST_REASON
/** Senders that report a failure in free text instead of the form of RFC 3464. */
const MAILER = /^(?:mailer-?daemon|postmaster|mail-daemon|maileradmin|mailsystem)@/i

/**
 * The reason why a letter was not delivered, from a mail to its return path. Undefined if the mail says something else: that the letter
 * is delayed or was delivered (RFC 3464 2.3.3), or that its reader is away (RFC 3834 4 sends that to the return path, too).
 */
export function failureIn(mail: Received): string | undefined {
  const report = /^multipart\/report\b/i.test(firstOf(mail.headers, 'content-type') ?? '')
  const actions = report ? [...mail.text.beginning.matchAll(/^Action:[ \t]*([a-z]+)/gim)] : []
  const failed = actions.length
    ? actions.some(([, action]) => action!.toLowerCase() === 'failed')
    : mail.headers.values.has('x-failed-recipients') || MAILER.test(mail.from.address ?? '')
  return failed ? reasonOf(mail) : undefined
}

/** The lines with the reason, or the beginning of the text. */
function reasonOf({ text: { beginning } }: Received): string {
  const reasons = beginning.match(/^(?:Status|Diagnostic-Code|Remote-MTA):.*$/gim) ?? []
  const said = (reasons.join(' ') || beginning).slice(0, LONGEST_LOOKED_AT)
  return beginningOf(oneLine(said), LONGEST_REASON) || 'a delivery report without text'
}
