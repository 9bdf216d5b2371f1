import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import { isOfStaff, isSubmitter } from '../../../../handlers/letters/weight.ts'
import { isWatcher } from '../../../../handlers/tickets/watchers.ts'
import { isForward } from '../content/reply_prefix.ts'
import { valuesOf } from '../headers.ts'
import type { LetterSigns } from '../letter_signs.ts'
import type { MailSite } from '../mail_site.ts'
import type { ProvenBy } from '../proofs/proof.ts'
import type { Received } from '../received/received.ts'
import { recipientOf } from '../smtp/recipient.ts'
import { type Thread, tagsIn } from '../thread.ts'

type Mail = Pick<Received, 'headers' | 'subject' | 'to' | 'cc'>

/** In addresses of To or of Cc; of more, not all are known. */
const MOST_NAMED = 100

/**
 * The submitter's address in To or Cc of a mail that an agent has written to the submitter, with us as another recipient; a clause if it
 * names the submitter and somebody who is neither ours nor of the ticket; undefined if it is no such mail. Only a login proves it, here or
 * at a relay that vouches for it: a key among several recipients proves nothing, and any recipient can send a signed mail again. An address
 * with a key that a mail program has remembered may stand in any mail, so the mail must be about this ticket by more than that: it names the
 * ticket, or answers something and names no other.
 */
export async function mailedSubmitter(
  tx: Reader,
  site: MailSite,
  mail: Mail,
  { tickets: named }: LetterSigns,
  { ticket, letter: byKey }: Thread,
  { by, isOfLogin }: ProvenBy,
): Promise<{ readonly address: string } | { readonly since: string } | undefined> {
  const { headers, subject, to, cc } = mail
  if ((by !== 'smtp-auth' && !isOfLogin) || isForward(subject)) return undefined
  const address = [...to, ...cc].find(one => isSubmitter(ticket, one))
  if (address === undefined) return undefined
  const refers = headers.values.has('in-reply-to') || headers.values.has('references')
  const isByKey = byKey !== undefined && refers && named.length === 0
  if (!isByKey && !named.includes(ticket.id) && !tagsIn(subject).includes(ticket.id)) return undefined
  const hasMore = to.length >= MOST_NAMED || cc.length >= MOST_NAMED
  if (hasMore || valuesOf(headers, 'bcc').some(value => value !== ''))
    return { since: 'not all of its recipients are known' }
  for (const one of new Set([...to, ...cc])) {
    if (isSubmitter(ticket, one) || isWatcher(ticket, one) || (await recipientOf(tx, site, one))) continue
    if (!(await isOfStaff(tx, one)))
      return { since: `it also went to ${mailbox(one)}, who is neither of the ticket nor of staff` }
  }
  return { address }
}
