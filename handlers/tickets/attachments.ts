import { Failure } from '../../data/failure.ts'
import { KIB, MIB } from '../../data/sizes.ts'
import type { Reader } from '../../data/store.ts'
import type { Attachment, Followup, Ticket } from '../../data/tables.ts'
import type { Call } from '../method.ts'

const UNITS = [
  ['MiB', MIB],
  ['KiB', KIB],
  ['bytes', 1],
] as const
/** In bytes: the least that an attachment counts for, since thousands of empty attachments would make lists of them slow. */
const LEAST = 4 * KIB

/** The attachments of a ticket in order of arrival, each with its follow-up. Callers number them from 1. */
export async function attachmentsOf(
  tx: Reader,
  ticket: number,
): Promise<{ readonly attachment: Attachment; readonly followup: Followup }[]> {
  // Reads only follow-ups with files: anybody can write thousands of long ones, and every mail with a file calls this.
  const followups = await tx.find('followups', { ticket }, { withFiles: true })
  return followups.flatMap(followup => followup.attachments.map(attachment => ({ attachment, followup })))
}

/** How many bytes the attachments count for. */
export function roomOf(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, { size }) => sum + Math.max(size, LEAST), 0)
}

/** Throws Failure `too_large` if a ticket would have more bytes of attachments than `ticketBytes`. */
export async function checkSize(
  { tx, ticketBytes }: Call,
  { id, version }: Ticket,
  added: readonly Attachment[],
): Promise<void> {
  if (added.length === 0) return
  const present = await attachmentsOf(tx, id)
  const bytes = roomOf([...present.map(({ attachment }) => attachment), ...added])
  if (bytes <= ticketBytes) return
  if (ticketBytes === 0)
    throw new Failure('too_large', 'Tickets cannot have attachments here; leave them out.')
  // A new ticket is not created after this refusal, so its number must not be named.
  const isNew = version === 0
  throw new Failure(
    'too_large',
    `The attachments of ${isNew ? 'the ticket' : `ticket ${id}`} would take ${told(bytes, ticketBytes)}; ${isNew ? 'leave some out' : 'leave some out, or open another ticket'}.`,
  )
}

/** The needed and the allowed size, in the largest unit in which the allowed size is a whole number. */
function told(bytes: number, most: number): string {
  const [unit, size] = UNITS.find(([, size]) => most % size === 0) ?? UNITS.at(-1)!
  return `${Math.ceil(bytes / size)} ${unit}, and a ticket can have at most ${most / size} ${unit}`
}
