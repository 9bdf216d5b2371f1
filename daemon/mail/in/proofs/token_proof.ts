import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import { tokenUser } from '../../../auth/token_user.ts'
import type { MailSite } from '../mail_site.ts'
import type { Provable, Tried } from './proof.ts'

/** Whether a token in an address can prove something here. */
export function usesTokens({ config }: Pick<MailSite, 'config'>): boolean {
  return config['mail.plus'] && config['commands.proofs'].includes('token')
}

/**
 * The proof `token`: the mail was sent to an address of ours that is extended by a token, and From is one of the addresses of its user. So
 * an answer goes to that user alone, and whoever answers a mail to such an address does nothing in the name of that user.
 */
export async function proveByToken(
  tx: Reader,
  site: MailSite,
  { from, incoming: { tokenHashes = [], sessionUser } }: Provable,
): Promise<Tried> {
  const [hash, ...others] = tokenHashes
  if (hash === undefined || !usesTokens(site)) return undefined
  if (others.length > 0) return refusal('it was sent to those of several tokens')
  const found = await tokenUser(tx, hash, new Date().toISOString())
  if (!found) return refusal('the token is no longer valid')
  const { token, user } = found
  if (!user.addresses.includes(mailbox(from)))
    return refusal(`the token is that of ${user.username}, who does not have the address ${from}`)
  if (sessionUser !== null && sessionUser !== user.id)
    return refusal('the session of the mail logged in as another user')
  return { user, by: 'token', token: token.id }
}

function refusal(why: string): Tried {
  return { refused: `its address with a token proves nothing: ${why}` }
}
