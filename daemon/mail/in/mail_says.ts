import type { Failure } from '../../../data/failure.ts'
import type { Said } from '../../../handlers/command/command.ts'
import type { ReturnedLetter, SignedIds } from '../signed_ids.ts'
import { batchOfMail } from './commands/text_commands.ts'
import type { Incoming } from './incoming.ts'
import { suppressesReplies } from './kind.ts'
import { type LetterSigns, signsOf } from './letter_signs.ts'
import { loopOf } from './loops.ts'
import type { Gated } from './proofs/header_gate.ts'
import { type Received, saysMore } from './received/received.ts'
import { complaintIn } from './reports/complaint.ts'
import { type DeliveryReport, reportIn } from './reports/delivery_report.ts'
import { answeredLetter, returnedLetter } from './reports/reported_letter.ts'
import { strictSender } from './sender.ts'

/** The subject of a mail that asks for the status. */
const STATUS = /^[ \t]*status[.!?]?[ \t]*$/i

/** The facts about a mail that need no look-up in the store. */
export interface MailSays {
  readonly gated: Gated
  readonly signs: LetterSigns
  /** The commands of a batch, or why it is none. */
  readonly batch: readonly Said[] | Failure | undefined
  /** The address in From, if the mail only asks for the status. */
  readonly asksStatus: string | undefined
  /** Whether the sender asks for no automatic answers. */
  readonly suppressesReplies: boolean
  /** Why it is in a loop; never for a mail that an operator replays. */
  readonly loop: string | undefined
  /** What it reports about the delivery of a letter. */
  readonly report: DeliveryReport | undefined
  /** The letter that it reports on, as the Message-ID says that it returns or names. */
  readonly reported: ReturnedLetter | undefined
}

export function saysOf(mail: Received, incoming: Incoming, signedIds: SignedIds): MailSays {
  const { envelopeFrom, sessionUser, recipients, replayOf } = incoming
  const gated = strictSender(mail, sessionUser)
  const signs = signsOf(signedIds, mail.headers, recipients)
  const isReturned = signs.paths.length > 0
  const returned = returnedLetter(mail, signedIds)
  // No person writes with a null return path and our letter behind the words.
  const report =
    (isReturned ? complaintIn(mail) : undefined) ??
    reportIn(mail, envelopeFrom, isReturned || (envelopeFrom === '' && returned !== undefined))
  return {
    gated,
    signs,
    batch: batchOfMail(mail),
    asksStatus: 'from' in gated && STATUS.test(mail.subject) && !saysMore(mail) ? gated.from : undefined,
    suppressesReplies: suppressesReplies(mail.headers),
    loop: replayOf === undefined ? loopOf(mail.headers, incoming, signedIds) : undefined,
    report,
    reported: report && (returned ?? answeredLetter(mail, signedIds)),
  }
}
