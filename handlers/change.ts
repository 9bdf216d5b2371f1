import { beginningOf } from '../data/beginning.ts'
import type { Attachment, Change, Followup, Ticket, Value } from '../data/tables.ts'
import { checkSize } from './attachments.ts'
import { authorOf, type Call } from './method.ts'
import { notify, type TicketEvent } from './notify.ts'
import type { KeptText } from './params/kept_text.ts'
import { refuseBlind } from './visible.ts'

/** In bytes, of a text in a list of changes. */
const LONGEST_TOLD = 1000
const MORE = '…'
const MORE_BYTES = 3
const NO_TEXT: KeptText = { beginning: '' }

interface Patch
  extends Partial<Pick<Ticket, 'status' | 'on_hold' | 'assigned_to' | 'priority' | 'queue' | 'title'>> {
  readonly resolution?: KeptText
}
interface Note {
  readonly comment?: KeptText | undefined
  /** Whether the submitter may see the comment. */
  readonly public?: boolean
  readonly attachments?: readonly Attachment[] | undefined
  /** The event to notify people of; without one, nobody is notified. */
  readonly event?: TicketEvent
}

/**
 * The only place that writes a ticket: the record with its next version, a follow-up with author, door and changes, and the letters.
 * A change without any effect is not recorded. Gives the ticket as it is now. Throws Failure `too_large` for too many attachments,
 * `invalid` for an owner who does not see the queue.
 */
export async function change(call: Call, ticket: Ticket, patch: Patch, note: Note = {}): Promise<Ticket> {
  const { comment = NO_TEXT, attachments = [], event } = note
  call.tickets.add(ticket.id)
  const patched = patchedBy(patch, ticket)
  const changes = differences(patch, ticket, patched)
  if (patched.assigned_to !== null && (patch.assigned_to !== undefined || patch.queue !== undefined))
    await refuseBlind(call.tx, patched.assigned_to, patched.queue)
  if (changes.length === 0 && comment.beginning === '' && attachments.length === 0 && !event) return ticket
  await checkSize(call, ticket, attachments)
  const written = await call.tx.put('tickets', {
    ...patched,
    version: ticket.version + 1,
    modified: call.now,
  })
  const followup = await call.tx.add('followups', {
    ticket: ticket.id,
    date: call.now,
    comment: comment.beginning,
    ...(comment.file === undefined ? {} : { comment_file: comment.file }),
    public: note.public ?? false,
    author: authorOf(call.actor),
    door: call.door,
    changes,
    attachments,
    message_id: call.messageId,
    ...(call.network !== undefined && hasFiles(note) ? { network: call.network } : {}),
    ...(call.hops > 0 ? { hops: call.hops } : {}),
  } satisfies Omit<Followup, 'id'>)
  if (event) await notify(call, event, written, followup)
  return written
}

function hasFiles({ comment, attachments = [] }: Note): boolean {
  return attachments.length > 0 || comment?.file !== undefined
}

function patchedBy({ resolution, ...others }: Patch, ticket: Ticket): Ticket {
  if (!resolution) return { ...ticket, ...others }
  const { resolution_file: _, ...patched } = { ...ticket, ...others, resolution: resolution.beginning }
  return resolution.file === undefined ? patched : { ...patched, resolution_file: resolution.file }
}

function differences(patch: Patch, before: Ticket, after: Ticket): Change[] {
  const fields = Object.keys(patch) as (keyof Patch)[]
  return fields
    .filter(
      field => before[field] !== after[field] || (field === 'resolution' && hasOtherFile(before, after)),
    )
    .map(field => ({ field, from: told(before[field]), to: told(after[field]) }))
}

/** Two long resolutions may have the same beginning. */
function hasOtherFile(before: Ticket, after: Ticket): boolean {
  return before.resolution_file !== after.resolution_file
}

/** A value for a list of changes: a long text is cut, since the ticket has the rest. */
export function told(value: Value): Value {
  if (typeof value !== 'string' || beginningOf(value, LONGEST_TOLD) === value) return value
  return `${beginningOf(value, LONGEST_TOLD - MORE_BYTES)}${MORE}`
}
