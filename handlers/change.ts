import type { Attachment, Change, Followup, Ticket, Value } from '../data/tables.ts'
import { checkSize } from './attachments.ts'
import { authorOf, type Call } from './method.ts'
import { notify, type TicketEvent } from './notify.ts'

type Patch = Partial<
  Pick<Ticket, 'status' | 'on_hold' | 'resolution' | 'assigned_to' | 'priority' | 'queue' | 'title'>
>
interface Note {
  readonly comment?: string | undefined
  /** Whether the submitter may see the comment. */
  readonly public?: boolean
  readonly attachments?: readonly Attachment[] | undefined
  /** What those concerned hear of it as; nobody hears of a change without one. */
  readonly event?: TicketEvent
}

/**
 * The one place where a ticket is written: the record with its next version, a follow-up with who did what from which door, and
 * the letters to those who hear of it. A change that changes nothing and says nothing leaves no trace. Gives the ticket as it is now.
 */
export async function change(call: Call, ticket: Ticket, patch: Patch, note: Note = {}): Promise<Ticket> {
  const { comment = '', attachments = [], event } = note
  call.tickets.add(ticket.id)
  const changes = differences(ticket, patch)
  if (changes.length === 0 && comment === '' && attachments.length === 0 && !event) return ticket
  await checkSize(call, ticket.id, attachments)
  const written = await call.tx.put('tickets', {
    ...ticket,
    ...patch,
    version: ticket.version + 1,
    modified: call.now,
  })
  const followup = await call.tx.add('followups', {
    ticket: ticket.id,
    date: call.now,
    comment,
    public: note.public ?? false,
    author: authorOf(call.actor),
    door: call.door,
    changes,
    attachments,
    message_id: call.messageId,
  } satisfies Omit<Followup, 'id'>)
  if (event) await notify(call, event, written, followup)
  return written
}

function differences(ticket: Ticket, patch: Patch): Change[] {
  const fields = Object.keys(patch) as (keyof Patch)[]
  return fields
    .filter(field => ticket[field] !== patch[field])
    .map(field => ({ field, from: ticket[field], to: patch[field] as Value }))
}
