import { domainOf, mailbox } from '../../../../data/address.ts'
import { DAY } from '../../../../data/durations.ts'
import type { Reader } from '../../../../data/store.ts'
import type { User } from '../../../../data/tables.ts'
import { userAt } from '../../../../handlers/user_at.ts'
import { firstOf } from '../headers.ts'
import type { MailSite } from '../mail_site.ts'
import type { Provable, Tried } from './proof.ts'
import { isReplayed } from './relay_replay.ts'
import { resultsAgainst } from './relay_results.ts'

/** The Date of a mail must lie within these days: a repeat is known for longer, so no old mail counts twice. */
const MOST_DAYS_OLD = 4
const MOST_DAYS_AHEAD = 1

/**
 * The proof `relay`: a mail server of this site handed the mail over, and says that it is from the user in From. Either it says so in
 * Authentication-Results, or it takes mail with the user's domain in its envelope sender from logins alone, and From is that sender.
 */
export async function proveByRelay(tx: Reader, site: MailSite, provable: Provable): Promise<Tried> {
  const { from, incoming } = provable
  const { config } = site
  if (!config['commands.relays'].includes(incoming.peer)) return undefined
  const user = await userAt(tx, from)
  if (!user) return undefined
  const why = relayAgainst(config, provable, user) ?? (await replayAgainst(tx, provable, user))
  if (why !== undefined) return { refused: `its relay proves nothing: ${why}` }
  return { user, by: 'relay', ...(isVouchedFor(config, incoming, from) ? { isOfLogin: true } : {}) }
}

/** Whether the relay has taken the mail from the login that owns the address in From. */
function isVouchedFor(
  config: MailSite['config'],
  { envelopeFrom }: Provable['incoming'],
  from: string,
): boolean {
  const isVouched = config['commands.relay_vouches_for'].includes(domainOf(mailbox(from)))
  return isVouched && mailbox(envelopeFrom) === mailbox(from)
}

function relayAgainst(
  config: MailSite['config'],
  { mail: { headers }, incoming, from }: Provable,
  user: User,
): string | undefined {
  const { envelopeFrom, sessionUser } = incoming
  if (sessionUser !== null && sessionUser !== user.id)
    return 'the session of the mail logged in as another user'
  const days = (Date.now() - Date.parse(firstOf(headers, 'date') ?? '')) / DAY
  if (!(days <= MOST_DAYS_OLD && days >= -MOST_DAYS_AHEAD))
    return `its Date is not within the last ${MOST_DAYS_OLD} days`
  if (isVouchedFor(config, incoming, from)) return undefined
  if (config['commands.relay_authserv_id'] !== '') return resultsAgainst(config, headers, user, from)
  return config['commands.relay_vouches_for'].includes(domainOf(mailbox(from)))
    ? `the relay vouches for the envelope sender, ${envelopeFrom || 'which is null'}, not for ${from}`
    : `the relay does not vouch for ${domainOf(from)}`
}

/** A mail without a Message-ID that can be read could come again with another one. */
async function replayAgainst(tx: Reader, { mail }: Provable, user: User): Promise<string | undefined> {
  if (mail.messageId === null) return 'its Message-ID cannot be read'
  const isKnown = await isReplayed(tx, user, mail, new Date().toISOString())
  return isKnown ? 'another mail with its Message-ID has come before' : undefined
}
