import { mailbox } from '../../data/address.ts'
import { DAY } from '../../data/durations.ts'
import type { Author, Followup, Ticket } from '../../data/tables.ts'

/** An interval on hold, in milliseconds since 1970, without its end; `to` is infinite while it lasts. */
export interface HeldTime {
  readonly from: number
  readonly to: number
}
/** What decides when a ticket rises. */
export interface History {
  /**
   * The last progress, in milliseconds since 1970. Infinite if all that is known of it is more than a day ahead: the clock was put back, and
   * the ticket would wait for it to come there again.
   */
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

/** What was read of a ticket. */
export interface Read {
  /** Newest first; those before the last progress are not needed. */
  readonly followups: readonly Followup[]
  /** When the ticket was opened; or the moment of the oldest of the follow-ups, if there are too many to read all. */
  readonly since: number
}

/** The history of a ticket. A moment that is ahead counts as now: a clock that was wrong has left it. */
export function historyOf(ticket: Ticket, { followups, since }: Read, now: number): History {
  const last = followups.find(followup => isProgress(followup, ticket))
  const step =
    ticket.last_escalation === undefined ? Number.NEGATIVE_INFINITY : Date.parse(ticket.last_escalation)
  const ahead = now + DAY
  // Since such a step, the days count again.
  const isCounted = Number.isFinite(step) && step <= ahead
  const others = [since, ...(last ? [Date.parse(last.date)] : [])]
  const other = Math.max(...others.filter(moment => moment <= ahead || !isCounted))
  const latest = Math.max(other, step)
  return {
    progress: latest > ahead ? Number.POSITIVE_INFINITY : Math.min(now, latest),
    isStep: step > other,
    holds: holdsIn(ticket, followups, ahead),
  }
}

/** Of a hold that a clock that was wrong has begun or ended more than a day ahead, only the other end is known. */
function holdsIn({ on_hold }: Ticket, followups: readonly Followup[], ahead: number): HeldTime[] {
  const holds: HeldTime[] = []
  let to = on_hold ? Number.POSITIVE_INFINITY : undefined
  for (const { changes, date } of followups) {
    const change = changes.find(({ field }) => field === 'on_hold')
    if (!change) continue
    const at = Date.parse(date)
    if (change.to && to !== undefined) holds.push(heldTime(at, to, ahead))
    to = change.to ? undefined : at
  }
  if (to !== undefined && to <= ahead) holds.push({ from: Number.NEGATIVE_INFINITY, to })
  return holds
}

function heldTime(begun: number, ended: number, ahead: number): HeldTime {
  const from = begun > ahead ? ended : begun
  const to = Number.isFinite(ended) && ended > ahead ? from : ended
  // A clock that was put back in between makes the end earlier than the beginning.
  return { from: Math.min(from, to), to: Math.max(from, to) }
}
