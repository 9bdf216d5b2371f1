import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Confirmation, Letter, NotYes, User } from '../../../../data/tables.ts'
import { userAt } from '../../../../handlers/user_at.ts'
import { asksUsers } from '../../reply_proofs.ts'
import { isYesLine } from '../../yes_line.ts'
import type { Incoming } from '../incoming.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { strictSender } from '../sender.ts'
import type { AskedLetter } from './asked_letter.ts'
import { firstNewLine } from './first_new_line.ts'

/** The answer to a letter that asks whether to carry out a command. */
export interface Answered {
  readonly letter: Letter
  /** What the letter asks about; undefined if it no longer exists. */
  readonly confirmation: Confirmation | undefined
  /** Its first line. */
  readonly line: string
  /** The user who says yes, or why it is not that. */
  readonly says: { readonly yes: User } | { readonly no: NotYes }
}

/** What a person's answer to such a letter is. Undefined if that letter asked nothing, but only said why nothing was done. */
export async function answeredOf(
  tx: Reader,
  site: MailSite,
  asked: AskedLetter,
  mail: Received,
  incoming: Incoming,
): Promise<Answered | undefined> {
  const { letter } = asked
  const [confirmation] = await tx.find('confirmations', { letter: letter.id })
  if (!confirmation && !asked.isByKey) return undefined
  const line = firstNewLine(mail)
  const user = await userAt(tx, letter.to)
  const no = user ? noOf(site, asked, confirmation, user, mail, incoming) : STRANGERS
  const says = no === undefined ? { yes: user! } : { no }
  return { letter, confirmation, line, says }
}

const STRANGERS: NotYes = { is: 'strangers' }

/** Why an answer to a letter to a user does not count as that user's yes. */
function noOf(
  site: MailSite,
  { letter, isByKey }: AskedLetter,
  confirmation: Confirmation | undefined,
  user: User,
  mail: Received,
  { sessionUser }: Incoming,
): NotYes | undefined {
  if (!asksUsers(site.config)) return { is: 'off' }
  if (!isByKey) return { is: 'keyless' }
  // A login replaces Date and Message-ID, by which a repeat is recognized; here nothing does.
  const gated = strictSender(mail, null)
  if ('refused' in gated) return { is: 'header', rule: gated.refused }
  if (confirmation && confirmation.user !== user.id) return STRANGERS
  if (user.addresses_since !== undefined && letter.created < user.addresses_since)
    return { is: 'older', username: user.username }
  if (!user.addresses.includes(mailbox(gated.from)))
    return { is: 'address', username: user.username, from: gated.from }
  if (sessionUser !== null && sessionUser !== user.id) return { is: 'login' }
  return isYesLine(firstNewLine(mail)) ? undefined : { is: 'words' }
}
