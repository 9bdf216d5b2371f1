import type { DigestList, Followup, Ticket } from '../../data/tables.ts'
import { type Day, dateOf } from '../escalation/day.ts'
import { isOverdue } from '../escalation/due_date.ts'

/** How many days a ticket is on hold before a digest asks about it. */
const LONG_HELD = 7
/** How many tickets each list names. */
const MOST_NAMED = 20
/** In the order in which a digest has them. */
const LISTS: readonly DigestList['list'][] = ['overdue', 'waiting', 'waking', 'held', 'mine', 'nobody']

/** What decides in which list a ticket stands. */
export interface Digestible {
  readonly ticket: Ticket
  /** The newest follow-ups, the newest first; enough of them to find the last one that is public. */
  readonly followups: readonly Pick<Followup, 'public' | 'author' | 'changes' | 'date' | 'nothing_new'>[]
  /** The days of its queue: today, and the one of a moment. */
  readonly today: Day
  readonly dayAt: (moment: number) => Day
}

/** The lists of a digest, without the empty ones. Each ticket stands once, in the first list that fits; `all` has the most urgent first. */
export function digestLists(all: readonly Digestible[]): readonly DigestList[] {
  const placed = all.map(one => ({ id: one.ticket.id, in: listOfOne(one) }))
  return LISTS.flatMap(list => {
    const tickets = placed.filter(one => one.in === list).map(({ id }) => id)
    if (tickets.length === 0) return []
    return { list, tickets: tickets.slice(0, MOST_NAMED), more: Math.max(0, tickets.length - MOST_NAMED) }
  })
}

/** The list of a ticket; undefined for one that rests. */
function listOfOne(one: Digestible): DigestList['list'] | undefined {
  const { ticket, today } = one
  const { assigned_to, on_hold, hold_until } = ticket
  if (assigned_to === null) return on_hold ? undefined : 'nobody'
  if (isOverdue(ticket, today)) return 'overdue'
  if (isWaiting(one)) return 'waiting'
  if (!on_hold) return 'mine'
  if (hold_until === dateOf(today)) return 'waking'
  const endsByItself = hold_until !== undefined && hold_until !== 'answer'
  return !endsByItself && isLongHeld(one) ? 'held' : undefined
}

/** Whether the last public word is that of a person outside. */
function isWaiting({ followups }: Digestible): boolean {
  const last = followups.find(({ public: open, nothing_new }) => open && !nothing_new)
  return last?.author.kind === 'submitter' && !last.author.automatic
}

/** If the hold began before the newest follow-ups, the oldest of them tells how long it lasts at least. */
function isLongHeld({ followups, today, dayAt }: Digestible): boolean {
  const isBegin = ({ changes }: Digestible['followups'][number]) =>
    changes.some(({ field, to }) => field === 'on_hold' && to === true)
  const begin = followups.find(isBegin) ?? followups.at(-1)
  return begin !== undefined && dayAt(Date.parse(begin.date)) <= today - LONG_HELD
}
