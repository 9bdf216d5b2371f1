import { domainOf, mailbox, maybeAddress } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Queue } from '../../../../data/tables.ts'
import type { ReturnedLetter, SignedIds } from '../../signed_ids.ts'

/** What one of our own addresses means. */
export type Recipient =
  | { readonly kind: 'helpdesk'; readonly address: string }
  | { readonly kind: 'queue'; readonly address: string; readonly queue: Queue }
  | { readonly kind: 'return'; readonly address: string; readonly letter: ReturnedLetter }

/** The recipient for an address of the envelope; undefined for an address that is not ours. */
export async function recipientOf(
  tx: Reader,
  signedIds: SignedIds,
  mailAddress: string,
  envelopeAddress: string,
): Promise<Recipient | undefined> {
  if (envelopeAddress.toLowerCase() === 'postmaster') return { kind: 'helpdesk', address: mailAddress }
  const given = maybeAddress(envelopeAddress)
  if (given === undefined) return undefined
  const address = mailbox(given)
  if (address === mailAddress || address === `postmaster@${domainOf(mailAddress)}`)
    return { kind: 'helpdesk', address }
  const letter = signedIds.letterOf(address)
  if (letter !== undefined) return { kind: 'return', address, letter }
  const [queue] = await tx.find('queues', { email_address: address })
  return queue && { kind: 'queue', address, queue }
}
