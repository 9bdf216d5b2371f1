import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import { isLinkCommand } from '../../link_verbs.ts'
import type { MailSite } from '../mail_site.ts'
import { strictSender } from '../sender.ts'
import type { Provable, Tried } from './proof.ts'
import { namesOnlyKey } from './sole_recipient.ts'
import { usersKey } from './users_key.ts'

/**
 * The proof `letter`: the mail went to nobody but the reply address of a letter to a user, and From is one of that user's addresses. It is
 * about the ticket of that letter alone. The address of a link in the letter proves its command and nothing else.
 */
export async function proveByLetter(
  tx: Reader,
  site: MailSite,
  { mail, incoming, kind, from, keys: [key, ...others] }: Provable,
): Promise<Tried> {
  if (!key) return undefined
  if (others.length > 0) return refusal('the mail has those of several letters')
  if (kind !== 'person') return refusal('no person has written the mail to us')
  // A login replaces Date and Message-ID, by which a repeat is recognized; here nothing does.
  const gated = strictSender(mail, null)
  if ('refused' in gated) return refusal(gated.refused)
  const found = await usersKey(tx, key, Date.now())
  if ('refused' in found) return refusal(found.refused)
  const { user, ticket, isSeen } = found
  const { link } = key
  const { sessionUser } = incoming
  if (!user.addresses.includes(mailbox(from)))
    return refusal(`its letter went to ${user.username}, who does not have the address ${from}`)
  if (sessionUser !== null && sessionUser !== user.id)
    return refusal('the session of the mail logged in as another user')
  if (!isSeen) return refusal(`${user.username} does not see the queue of its ticket`)
  if (!(await namesOnlyKey(tx, site, mail.headers, key)))
    return refusal('To, Cc and Bcc must name nobody but the address of its letter')
  if (link === undefined) return { user, by: 'letter', ticket: ticket.id }
  if (mail.isSubjectGuess || !isLinkCommand(mail.subject, link, ticket.id))
    return refusal(`it is that of a link, and the subject is not the command of that link`)
  return { user, by: 'letter', ticket: ticket.id, link }
}

function refusal(why: string): Tried {
  return { refused: `its letter key proves nothing: ${why}` }
}
