import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Confirmation, Letter, User } from '../../../../data/tables.ts'
import { userAt } from '../../../../handlers/user_at.ts'
import { asksUsers } from '../../reply_proofs.ts'
import type { Incoming } from '../incoming.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { strictSender } from '../sender.ts'
import type { AskedLetter } from './asked_letter.ts'
import { firstNewLine, isYesLine } from './yes.ts'

/** The answer to a letter that asks whether to carry out a command. */
export interface Answered {
  readonly letter: Letter
  /** What the letter asks about; undefined if it no longer exists. */
  readonly confirmation: Confirmation | undefined
  /** Its first line. */
  readonly line: string
  /** The user who says yes, or a clause that says why it is not that. */
  readonly says: { readonly yes: User } | { readonly no: string }
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
  const no = user ? noOf(site, asked, confirmation, user, mail, incoming) : NOBODYS
  const says = no === undefined ? { yes: user! } : { no }
  return { letter, confirmation, line, says }
}

const NOBODYS = 'the address of our letter is no longer that of an active user'

/** Why an answer to a letter to a user does not count as that user's yes: a clause. */
function noOf(
  site: MailSite,
  { letter, isByKey }: AskedLetter,
  confirmation: Confirmation | undefined,
  user: User,
  mail: Received,
  { sessionUser }: Incoming,
): string | undefined {
  if (!asksUsers(site.config)) return 'commands.proofs no longer has confirm'
  if (!isByKey) return 'it did not go to the reply address of our letter, or to those of several'
  // A login replaces Date and Message-ID, by which a repeat is recognized; here nothing does.
  const gated = strictSender(mail, null)
  if ('refused' in gated) return gated.refused
  if (confirmation && confirmation.user !== user.id) return NOBODYS
  if (user.addresses_since !== undefined && letter.created < user.addresses_since)
    return `our letter is older than the addresses of ${user.username}`
  if (!user.addresses.includes(mailbox(gated.from)))
    return `it is from ${gated.from}, which is not an address of ${user.username}`
  if (sessionUser !== null && sessionUser !== user.id)
    return 'the session of the mail logged in as another user'
  return isYesLine(firstNewLine(mail)) ? undefined : 'its first line is not the word yes'
}
