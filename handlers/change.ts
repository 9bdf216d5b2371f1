// One thing: what changes about a ticket, and the record of it.
import { beginningOf } from '../data/beginning.ts'
import type { Attachment, Change, Followup, Ticket, Value } from '../data/tables.ts'
import type { TicketEvent } from './hearers/event_table.ts'
import { eventOfChange } from './letters/changes/change_event.ts'
import { authorOf, type Call } from './method.ts'
import { notify } from './notify.ts'
import type { KeptText } from './params/kept_text.ts'
import { checkSize } from './tickets/attachments.ts'
import { openedAs } from './tickets/opened_as.ts'
import { refuseBlind } from './visible.ts'

/** In bytes, of a text in a list of changes. */
const LONGEST_TOLD = 1000
const MORE = '…'
const MORE_BYTES = 3
const NO_TEXT: KeptText = { beginning: '' }

type Fields =
  | 'status'
  | 'on_hold'
  | 'assigned_to'
  | 'priority'
  | 'due_date'
  | 'queue'
  | 'title'
  | 'submitter_email'
/** The fields that a ticket need not have. */
type More =
  | 'watchers'
  | 'unconfirmed_watchers'
  | 'submitter_stopped'
  | 'duplicate_of'
  | 'hold_until'
  | 'last_escalation'
  | 'reminders'
  | 'due_reminded_on'
  | 'due_reminded_of'
export interface Patch extends Partial<Pick<Ticket, Fields | More>> {
  readonly resolution?: KeptText
}
interface Note {
  readonly comment?: KeptText | undefined
  /** Whether the submitter may see the comment. */
  readonly public?: boolean
  readonly attachments?: readonly Attachment[] | undefined
  /** The event to notify people of; without one, staff are notified of what a user or the operator has changed. */
  readonly event?: TicketEvent | undefined
  /** The number of the follow-up that is redacted. */
  readonly redacts?: number
  /** The letter that the comment tells of. */
  readonly about_letter?: number | undefined
}

/**
 * The only place that writes a ticket: the record with its next version, a follow-up with author, door and changes, and the letters.
 * A change without any effect is not recorded. Gives the ticket as it is now. Throws Failure `too_large` for too many attachments,
 * `invalid` for an owner who does not see the queue.
 */
export async function change(call: Call, ticket: Ticket, patch: Patch, note: Note = {}): Promise<Ticket> {
  const { comment = NO_TEXT, attachments = [], event, redacts, about_letter } = note
  call.tickets.add(ticket.id)
  const patched = patchedBy(patch, ticket)
  const changes = differences(ticket, patched)
  if (redacts !== undefined) changes.push({ field: 'followup', from: redacts, to: 'redacted' })
  if (patched.assigned_to !== null && (patch.assigned_to !== undefined || patch.queue !== undefined))
    await refuseBlind(call.tx, patched.assigned_to, patched.queue)
  if (changes.length === 0 && comment.beginning === '' && attachments.length === 0 && !event) return ticket
  await checkSize(call, ticket, attachments)
  const written = await call.tx.put('tickets', {
    ...patched,
    ...(await openedAs(call.tx, ticket, patch)),
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
    ...(call.original ? { original: call.original } : {}),
    ...(call.isNothingNew ? { nothing_new: true as const } : {}),
    ...(about_letter === undefined ? {} : { about_letter }),
    message_id: call.messageId,
    ...(call.network !== undefined && (call.original || hasFiles(note)) ? { network: call.network } : {}),
    ...(call.hops > 0 ? { hops: call.hops } : {}),
  } satisfies Omit<Followup, 'id'>)
  const told = event ?? eventOfChange(call.actor, changes)
  if (told) await notify(call, told, written, followup)
  return written
}

function hasFiles({ comment, attachments = [] }: Note): boolean {
  return attachments.length > 0 || comment?.file !== undefined
}

function patchedBy({ resolution, ...others }: Patch, ticket: Ticket): Ticket {
  const patched = withoutOldHold(withoutOldSubmitter(withoutOther({ ...ticket, ...others }), ticket), ticket)
  if (!resolution) return patched
  const { resolution_file: _, ...resolved } = { ...patched, resolution: resolution.beginning }
  return resolution.file === undefined ? resolved : { ...resolved, resolution_file: resolution.file }
}

/** Another submitter has another name, and has not asked for anything. */
function withoutOldSubmitter(patched: Ticket, { submitter_email }: Ticket): Ticket {
  if (patched.submitter_email === submitter_email) return patched
  const { submitter_name: _, submitter_stopped: __, ...kept } = patched
  return kept
}

/** A ticket that is not a duplicate any more names no other ticket. */
function withoutOther(ticket: Ticket): Ticket {
  if (ticket.duplicate_of === undefined || ticket.status === 5) return ticket
  const { duplicate_of: _, ...kept } = ticket
  return kept
}

/** A ticket whose work is over is not on hold any more, and only a ticket on hold has an end of that. */
function withoutOldHold(patched: Ticket, { status }: Ticket): Ticket {
  const isOver = patched.status > 2 && patched.status !== status
  const on_hold = patched.on_hold && !isOver
  if (on_hold || patched.hold_until === undefined) return { ...patched, on_hold }
  const { hold_until: _, ...kept } = patched
  return { ...kept, on_hold }
}

const FIELDS = [
  'queue',
  'title',
  'submitter_email',
  'assigned_to',
  'status',
  'duplicate_of',
  'on_hold',
  'hold_until',
  'priority',
  'due_date',
  'resolution',
] as const

function differences(before: Ticket, after: Ticket): Change[] {
  const changed = FIELDS.filter(
    field => before[field] !== after[field] || (field === 'resolution' && hasOtherFile(before, after)),
  )
  const changes: Change[] = changed.map(field => {
    return { field, from: told(before[field] ?? null), to: told(after[field] ?? null) }
  })
  return [
    ...changes,
    ...changedWatchers(before, after),
    ...confirmedWatchers(before, after),
    ...changedStop(before, after),
  ]
}

function changedWatchers({ watchers: before = [] }: Ticket, { watchers: after = [] }: Ticket): Change[] {
  if (before === after) return []
  const gone = before.filter(address => !after.includes(address))
  const added = after.filter(address => !before.includes(address))
  return [
    ...gone.map(address => ({ field: 'watchers', from: address, to: null }) as const),
    ...added.map(address => ({ field: 'watchers', from: null, to: address }) as const),
  ]
}

/** Watchers who become ordinary ones. The change of a watcher who comes or goes says enough. */
function confirmedWatchers({ unconfirmed_watchers: before = [] }: Ticket, after: Ticket): Change[] {
  const { watchers = [], unconfirmed_watchers: left = [] } = after
  return before
    .filter(address => !left.includes(address) && watchers.includes(address))
    .map(address => ({ field: 'unconfirmed_watchers', from: address, to: null }))
}

function changedStop(
  { submitter_stopped: from = false }: Ticket,
  { submitter_stopped: to = false }: Ticket,
): Change[] {
  return from === to ? [] : [{ field: 'submitter_stopped', from, to }]
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
