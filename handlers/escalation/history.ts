import { mailbox } from '../../data/address.ts'
import type { Author, Followup, Ticket } from '../../data/tables.ts'

/** An interval on hold, in milliseconds since 1970, without its end; `to` is infinite while it lasts. */
export interface HeldTime {
  readonly from: number
  readonly to: number
}
/** What decides when a ticket rises. */
export interface History {
  /** The last progress, in milliseconds since 1970. */
  readonly progress: number
  /** Whether that was a step of the escalation: the ticket rose, or somebody was reminded of it. */
  readonly isStep: boolean
  /** The holds since then; older ones may be among them. */
  readonly holds: readonly HeldTime[]
}

/** Whether a follow-up is progress: the ticket is reopened, or an agent or the operator answers publicly. */
export function isProgress({ changes, ...followup }: Followup, ticket: Ticket): boolean {
  if (changes.some(({ field, to }) => field === 'status' && to === 2)) return true
  const { comment, attachments } = followup
  return followup.public && (comment !== '' || attachments.length > 0) && isFromStaff(followup.author, ticket)
}

type Writer = { readonly kind: 'user' | 'operator' | 'daemon' } | Extract<Author, { kind: 'submitter' }>

/** Whether an agent or the operator is the author. By mail, an agent who is the submitter of the ticket writes as that. */
export function isFromStaff(author: Writer, { submitter_email }: Ticket): boolean {
  if (author.kind !== 'submitter') return author.kind !== 'daemon'
  if (author.proven !== true || author.address === null) return false
  return submitter_email === null || mailbox(author.address) !== mailbox(submitter_email)
}

/**
 * The history of a ticket from its follow-ups, newest first; those before the last progress are not needed. A moment in the future, which a
 * clock that was wrong has left, counts as now.
 */
export function historyOf(ticket: Ticket, followups: readonly Followup[], now: number): History {
  const last = followups.find(followup => isProgress(followup, ticket))
  const step =
    ticket.last_escalation === undefined ? Number.NEGATIVE_INFINITY : Date.parse(ticket.last_escalation)
  const other = Math.max(Date.parse(ticket.created), last ? Date.parse(last.date) : Number.NEGATIVE_INFINITY)
  return {
    progress: Math.min(now, Math.max(other, step)),
    isStep: step > other,
    holds: holdsIn(ticket, followups),
  }
}

function holdsIn({ on_hold }: Ticket, followups: readonly Followup[]): HeldTime[] {
  const holds: HeldTime[] = []
  let to = on_hold ? Number.POSITIVE_INFINITY : undefined
  for (const { changes, date } of followups) {
    const change = changes.find(({ field }) => field === 'on_hold')
    if (!change) continue
    const at = Date.parse(date)
    // A clock that was put back in between makes the end earlier than the beginning.
    if (change.to && to !== undefined) holds.push({ from: Math.min(at, to), to: Math.max(at, to) })
    to = change.to ? undefined : at
  }
  if (to !== undefined) holds.push({ from: Number.NEGATIVE_INFINITY, to })
  return holds
}
