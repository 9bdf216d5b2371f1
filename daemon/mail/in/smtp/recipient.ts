import { domainOf, mailbox, maybeAddress } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Queue } from '../../../../data/tables.ts'
import type { Config } from '../../../config/config.ts'
import type { ChoiceOfLetter, ReturnedLetter, SignedIds } from '../../signed_ids.ts'
import type { Stop } from '../../stop_ids.ts'

/** What one of our own addresses means. `key`: the Reply-To of a letter. `stop`: a watcher wants no more mail about a ticket. `choice`: a link of the letter about a resolution. */
export type Recipient =
  | { readonly kind: 'helpdesk'; readonly address: string }
  | { readonly kind: 'queue'; readonly address: string; readonly queue: Queue }
  | { readonly kind: 'return'; readonly address: string; readonly letter: ReturnedLetter }
  | { readonly kind: 'key'; readonly address: string; readonly letter: ReturnedLetter }
  | { readonly kind: 'choice'; readonly address: string; readonly chosen: ChoiceOfLetter }
  | { readonly kind: 'stop'; readonly address: string; readonly stop: Stop }

/** What our addresses depend on besides the queues. */
export interface OurAddresses {
  readonly config: Pick<Config, 'mail.address' | 'mail.aliases' | 'mail.lists'>
  readonly signedIds: SignedIds
}

const POSTMASTER = 'postmaster'
/** The form of a return path and of a stop address. One without our mark is refused: nobody else writes to such an address. */
const LIKE_SIGNED =
  /\+(?:(?:b[0-9a-z]{0,3}\.[0-9a-z]{1,11}|return)\.[0-9a-z]{1,16}\.[0-9a-f]{16}|s[0-9a-z]{0,3}\.[0-9a-z]{1,11}\.[a-z2-7]{16})@/

/**
 * The recipient for an address of the envelope; undefined for an address that is not ours. An extension of an address (RFC 5233) that has
 * no meaning here is ignored: `support+phone@` is `support@`.
 */
export async function recipientOf(
  tx: Reader,
  { config, signedIds }: OurAddresses,
  envelopeAddress: string,
): Promise<Recipient | undefined> {
  const helpdesk = config['mail.address']
  if (envelopeAddress.toLowerCase() === POSTMASTER) return { kind: 'helpdesk', address: helpdesk }
  const given = maybeAddress(envelopeAddress)
  if (given === undefined) return undefined
  const address = mailbox(given)
  const returned = signedIds.letterOf(address)
  if (returned !== undefined) return { kind: 'return', address, letter: returned }
  const letter = signedIds.letterOfKey(address)
  if (letter !== undefined) return { kind: 'key', address, letter }
  const chosen = signedIds.choiceOf(address)
  if (chosen !== undefined) return { kind: 'choice', address, chosen }
  const stop = signedIds.stopOf(address)
  if (stop !== undefined) return { kind: 'stop', address, stop }
  if (LIKE_SIGNED.test(address)) return undefined
  for (const one of new Set([address, withoutExtension(address)])) {
    if (one === helpdesk || config['mail.aliases'].includes(one)) return { kind: 'helpdesk', address }
    const [queue] = await tx.find('queues', { email_address: one })
    if (queue) return { kind: 'queue', address, queue }
  }
  return (await isPostmaster(tx, address, helpdesk)) ? { kind: 'helpdesk', address } : undefined
}

/** Whether an address is one of ours, in any form, or one of the lists of the site. */
export async function isOurs(tx: Reader, ours: OurAddresses, address: string): Promise<boolean> {
  return (
    ours.config['mail.lists'].includes(mailbox(address)) ||
    (await recipientOf(tx, ours, address)) !== undefined
  )
}

/** A domain that receives mail has this address (RFC 5321 4.5.1). */
async function isPostmaster(tx: Reader, address: string, helpdesk: string): Promise<boolean> {
  if (!address.startsWith(`${POSTMASTER}@`)) return false
  const queues = await tx.find('queues', {})
  const addresses = [helpdesk, ...queues.flatMap(({ email_address }) => email_address ?? [])]
  return addresses.some(ours => domainOf(ours) === domainOf(address))
}

function withoutExtension(address: string): string {
  const domain = domainOf(address)
  const [local = ''] = address.slice(0, -domain.length - 1).split('+', 1)
  return `${local}@${domain}`
}
