import { mailbox } from '../../../../../data/address.ts'
import { withoutLetterKeys } from '../../../../../data/letter_key.ts'
import { firstOf, readHeaders, valuesOf } from '../../headers.ts'
import { kindOf, type MailKind, suppressesReplies } from '../../kind.ts'
import { headerText } from '../charset/header_words.ts'
import { type From, fromField } from '../sender/from_field.ts'

/** What the header of an attached mail says. */
export interface AttachedMail {
  readonly from: From
  readonly subject: string
  readonly kind: MailKind
  readonly suppressesReplies: boolean
}

/** The envelope of an attached mail is gone, so nothing is known of its path and its recipients. */
const UNKNOWN = {
  envelopeFrom: 'unknown',
  isAnswer: false,
  report: undefined,
  ownList: undefined,
  isAddressed: true,
} as const

/** Reads the header of an attached mail (RFC 2046 5.2.1). `charsets` are those of the mail around it. */
export function attachedMailOf(content: Buffer, charsets: readonly string[]): AttachedMail {
  const headers = readHeaders(content)
  const from = fromField(valuesOf(headers, 'from'), charsets)
  const subject = headerText(firstOf(headers, 'subject') ?? '', charsets).text
  const { kind } = kindOf({ ...UNKNOWN, headers, from, subject })
  return { from, subject: withoutLetterKeys(subject), kind, suppressesReplies: suppressesReplies(headers) }
}

/** Whether all of the mails have the same sender, with an address. */
export function haveOneSender(mails: readonly Pick<AttachedMail, 'from'>[]): boolean {
  const [first] = mails
  return mails.every(({ from }) => isSame(from.address, first?.from.address ?? null))
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && mailbox(one) === mailbox(other)
}
