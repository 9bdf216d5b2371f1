import type { Reader } from '../../../../data/store.ts'
import { isForward } from '../content/reply_prefix.ts'
import type { LetterSigns } from '../letter_signs.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { recipientOf } from '../smtp/recipient.ts'
import { type Thread, tagsIn } from '../thread.ts'

type Mail = Pick<Received, 'headers' | 'subject' | 'to' | 'cc'>

/**
 * The number of the letter that a mail answers without doubt; undefined if there is none. Mail programs remember addresses with a key and
 * offer them for other mails, and such an address may stand among the recipients of an answer to somebody else. So a key alone is not
 * enough, and neither is a letter somewhere above in the conversation, or one that is forwarded.
 */
export async function letterAnswered(
  tx: Reader,
  site: MailSite,
  mail: Mail,
  { direct }: LetterSigns,
  { ticket, letter: byKey }: Thread,
): Promise<number | undefined> {
  const { headers, subject, to, cc } = mail
  if (isForward(subject)) return undefined
  if (direct !== undefined) return byKey === undefined || byKey === direct ? direct : undefined
  const refers = headers.values.has('in-reply-to') || headers.values.has('references')
  if (!refers && !tagsIn(subject).includes(ticket.id)) return undefined
  for (const address of [...to, ...cc]) if (!(await recipientOf(tx, site, address))) return undefined
  return byKey
}
