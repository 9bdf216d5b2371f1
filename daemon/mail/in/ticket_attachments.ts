import { mailbox } from '../../../data/address.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Attachment, Author } from '../../../data/tables.ts'
import { attachmentsOf, roomOf } from '../../../handlers/tickets/attachments.ts'
import type { Incoming } from './incoming.ts'
import type { Judgement } from './judgement.ts'
import type { MailSite } from './mail_site.ts'
import type { Received } from './received/received.ts'

/** The part of limits.ticket_attachments for unproven mail without a mark of a letter; the rest is reserved for the parties of the ticket. */
const STRANGERS = 1 / 2
/** In bytes. A smaller image is probably part of a signature. */
const SMALL = 20 * KIB

/** How many bytes the attachments of a ticket may have in total, including those of this mail. */
export function ticketBytes({ config }: MailSite, { network }: Incoming, { act }: Judgement): number {
  const most = config['limits.ticket_attachments']
  if (network === undefined || act.kind === 'command' || act.kind === 'confirm') return most
  return act.kind === 'followup' && act.by === 'mark' ? most : Math.floor(most * STRANGERS)
}

/** The mail with those of its attachments that fit in its ticket. A command is not changed; it is refused if they do not fit. */
export async function withinTicket(
  { store }: MailSite,
  { act }: Judgement,
  mail: Received,
  most: number,
): Promise<Received> {
  if (act.kind === 'command' || act.kind === 'ask' || mail.attachments.length === 0) return mail
  const present = 'ticket' in act ? await store.read(tx => attachmentsOf(tx, act.ticket.id)) : []
  let bytes = roomOf(present.map(({ attachment }) => attachment))
  const fitting: Attachment[] = []
  const user = act.kind === 'followup' && act.answer?.isInName ? act.answer.user.id : undefined
  const sender = { user, address: mail.from.address }
  const fresh = mail.attachments.filter(one => !isSentAgain(one, present, sender))
  for (const attachment of fresh) {
    const more = roomOf([attachment])
    if (bytes + more > most) continue
    bytes += more
    fitting.push(attachment)
  }
  return withAttachments({ ...mail, attachments: fresh }, fitting)
}

/** Whether it is a small image that the same sender has sent before, as mail programs do with the images of a signature. */
function isSentAgain(
  { file, mime_type, size }: Attachment,
  present: Awaited<ReturnType<typeof attachmentsOf>>,
  sender: Sender,
): boolean {
  if (size >= SMALL || !mime_type.startsWith('image/')) return false
  return present.some(
    ({ attachment, followup: { author } }) => attachment.file === file && isBy(author, sender),
  )
}

/** The sender of a mail: the user in whose name it is, or its address. */
interface Sender {
  readonly user: number | undefined
  readonly address: string | null
}

function isBy(author: Author, { user, address }: Sender): boolean {
  if (author.kind === 'user') return author.user === user
  if (author.kind !== 'submitter' || author.address === null || address === null) return false
  return mailbox(author.address) === mailbox(address)
}

/** The mail with only the `kept` attachments; the others are listed as not kept. */
export function withAttachments(mail: Received, kept: readonly Attachment[]): Received {
  if (kept.length === mail.attachments.length) return mail
  const left = mail.attachments.filter(attachment => !kept.includes(attachment))
  const files = [...mail.notKept.files, ...left.map(({ filename, size }) => ({ filename, size }))]
  return { ...mail, attachments: kept, notKept: { ...mail.notKept, files } }
}
