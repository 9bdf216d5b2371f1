import { Failure } from '../data/failure.ts'
import { KIB, MIB } from '../data/sizes.ts'
import type { Reader } from '../data/store.ts'
import type { Attachment, Followup, Ticket } from '../data/tables.ts'
import type { Call } from './method.ts'

const UNITS = [
  ['MiB', MIB],
  ['KiB', KIB],
  ['bytes', 1],
] as const
/** What an attachment counts for at the least: thousands that are empty would make each look at them slow. */
const LEAST = 4 * KIB

/** The attachments of a ticket in the order in which they came, with the follow-up that each hangs on; the first has the number 1. */
export async function attachmentsOf(
  tx: Reader,
  ticket: number,
): Promise<{ readonly attachment: Attachment; readonly followup: Followup }[]> {
  // Anybody may have written thousands of long follow-ups, and each mail with a file comes here.
  const followups = await tx.find('followups', { ticket }, { withFiles: true })
  return followups.flatMap(followup => followup.attachments.map(attachment => ({ attachment, followup })))
}

/** How many bytes attachments count for. */
export function roomOf(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, { size }) => sum + Math.max(size, LEAST), 0)
}

/** Throws Failure `too_large` when a ticket would have more bytes of attachments than one may. */
export async function checkSize(
  { tx, ticketBytes }: Call,
  { id, version }: Ticket,
  added: readonly Attachment[],
): Promise<void> {
  if (added.length === 0) return
  const present = await attachmentsOf(tx, id)
  const bytes = roomOf([...present.map(({ attachment }) => attachment), ...added])
  if (bytes <= ticketBytes) return
  if (ticketBytes === 0) throw new Failure('too_large', 'Tickets take no files here; leave them out.')
  // One that is only being opened will not be there, and has no number that anybody could use.
  const isNew = version === 0
  throw new Failure(
    'too_large',
    `The attachments of ${isNew ? 'the ticket' : `ticket ${id}`} would come to ${told(bytes, ticketBytes)}; ${isNew ? 'leave some out' : 'leave some out, or open another ticket'}.`,
  )
}

/** How much it would be and how much it may be, in the largest unit that says the latter exactly. */
function told(bytes: number, most: number): string {
  const [unit, size] = UNITS.find(([, size]) => most % size === 0) ?? UNITS.at(-1)!
  return `${Math.ceil(bytes / size)} ${unit}, and a ticket has room for ${most / size}`
}
