import { sha256 } from '../../../../data/secret.ts'
import type { Reader } from '../../../../data/store.ts'
import { addressToken, withoutAddressToken, withoutTokens } from '../../../../data/token.ts'
import { tokenUser } from '../../../auth/token_user.ts'
import type { MailSite } from '../mail_site.ts'
import { usesTokens } from '../proofs/token_proof.ts'
import { type Recipient, recipientOf } from './recipient.ts'

/**
 * As `recipientOf`, also for an address of ours with a token as its extension. Without a good token, an address that seems to have one is
 * not ours: it must not be kept. That counts for no throttle: tokens are too long to be guessed, and outsiders would make a relay wait.
 */
export async function recipientWithToken(
  tx: Reader,
  site: Pick<MailSite, 'config' | 'signedIds'>,
  address: string,
): Promise<Recipient | undefined> {
  if (withoutTokens(address) === address) return recipientOf(tx, site, address)
  const token = addressToken(address)
  const plain = withoutAddressToken(address)
  if (token === undefined || withoutTokens(plain) !== plain || !usesTokens(site)) return undefined
  const isGood = (await tokenUser(tx, sha256(token), new Date().toISOString())) !== undefined
  return isGood ? recipientOf(tx, site, plain) : undefined
}
