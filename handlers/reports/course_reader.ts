import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'
import type { ReadPiece } from '../method.ts'
import { type Course, courseOf, type Moment, momentOf } from './course.ts'
import type { Span } from './span.ts'

/** How many follow-ups of a ticket are read at a time; for how many milliseconds one piece reads. */
const AT_ONCE = 20
const LONGEST = 3
/** Of one ticket; what happened after so many follow-ups does not count. */
const MOST_READ = 10_000

/** Where the next piece begins: behind a follow-up of a ticket, `read` of which are read. */
interface Place {
  readonly at: number
  readonly read: number
  readonly behind: { readonly after?: number }
}
interface Part {
  readonly moments: readonly Moment[]
  /** No more of this ticket follows. */
  readonly isLast: boolean
}

/** The courses of tickets, in their order, within the span of a report. A deleted ticket has a course, too. */
export async function coursesOf(
  read: ReadPiece,
  tickets: readonly Ticket[],
  { to, counted }: Pick<Span, 'to' | 'counted'>,
): Promise<readonly Course[]> {
  const courses: Course[] = []
  let moments: Moment[] = []
  let place: Place = { at: 0, read: 0, behind: {} }
  while (place.at < tickets.length) {
    const from = place
    const piece = await read(tx => pieceFrom(tx, tickets, to, from))
    for (const part of piece.parts) {
      moments.push(...part.moments)
      if (!part.isLast) continue
      const ticket = tickets[courses.length]!
      courses.push(courseOf(Date.parse(ticket.created), moments, counted))
      moments = []
    }
    place = piece.place
  }
  return courses
}

async function pieceFrom(
  tx: Reader,
  tickets: readonly Ticket[],
  to: number,
  from: Place,
): Promise<{ readonly parts: readonly Part[]; readonly place: Place }> {
  const started = performance.now()
  const parts: Part[] = []
  let place = from
  do {
    const ticket = tickets[place.at]!
    const page = { limit: AT_ONCE, ...place.behind }
    const followups = await tx.find('followups', { ticket: ticket.id }, page)
    const submitters = await usersWith(tx, ticket.submitter_email)
    const moments = followups.map(followup => momentOf(followup, ticket, submitters))
    const within = moments.filter(({ at }) => at < to)
    const read = place.read + followups.length
    const isLast = followups.length < AT_ONCE || within.length < moments.length || read >= MOST_READ
    parts.push({ moments: within, isLast })
    place = isLast
      ? { at: place.at + 1, read: 0, behind: {} }
      : { at: place.at, read, behind: { after: followups.at(-1)!.id } }
  } while (place.at < tickets.length && performance.now() < started + LONGEST)
  return { parts, place }
}

/** The numbers of the users with an address. */
async function usersWith(tx: Reader, address: string | null): Promise<readonly number[]> {
  if (address === null) return []
  return (await tx.find('users', { addresses: mailbox(address) })).map(({ id }) => id)
}
