import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { MailKind } from './kind.ts'
import type { MailSite } from './mail_site.ts'
import { isMachineAddress } from './marks/machine_addresses.ts'
import type { ProvenBy } from './proofs/proof.ts'
import type { Received } from './received/received.ts'
import { isOurs } from './smtp/recipient.ts'
import type { Thread } from './thread.ts'

/** Who wrote a mail: its kind, its thread, and the user that it is proven to be from. */
interface Writer {
  readonly kind: MailKind
  readonly thread: Thread | undefined
  readonly proof: ProvenBy | undefined
}

/**
 * The addresses in To and Cc of a mail that may become watchers of its ticket: people's, and only if a person has written it who is a party
 * of the ticket, or opens it. Anybody can write any From and guess a tag, so an answer needs the mark of a letter, and that of an agent proof. A list of the site leads back to us.
 */
export async function joiningOf(
  tx: Reader,
  site: MailSite,
  { to, cc }: Pick<Received, 'to' | 'cc'>,
  { kind, thread, proof }: Writer,
): Promise<readonly string[]> {
  if (kind !== 'person' || thread?.party === 'stranger') return []
  if (thread && !proof && (thread.by !== 'mark' || thread.party === 'staff')) return []
  const lists = site.config['mail.lists']
  const found: string[] = []
  for (const address of [...to, ...cc])
    if (!isMachineAddress(address) && !lists.includes(mailbox(address)) && !(await isOurs(tx, site, address)))
      found.push(address)
  return found
}
