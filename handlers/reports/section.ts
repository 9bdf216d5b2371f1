import type { Instant, Queue, Ticket } from '../../data/tables.ts'
import type { ReadPiece } from '../method.ts'
import { BOOLEAN, ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { coursesOf } from './course_reader.ts'
import { FIGURES, type Figures, figuresOf } from './figures.ts'
import { groupedBy } from './grouped.ts'
import type { Span } from './span.ts'

interface OwnerFigures extends Figures {
  /** The username; null for the tickets without an owner. */
  readonly owner: string | null
}
/** What a report says of one queue. */
export interface Section extends Figures {
  readonly queue: Pick<Queue, 'id' | 'slug' | 'title'>
  /** The first moment of the month in the time zone of the queue, and the first after what the report covers. */
  readonly from: Instant
  readonly to: Instant
  /** The month is over. */
  readonly is_over: boolean
  /** Who has opened tickets: whoever has most comes first, nobody last. */
  readonly owners: readonly OwnerFigures[]
}
export const SECTION = objectOf({
  queue: objectOf({ id: ID, slug: TEXT, title: TEXT }),
  from: INSTANT,
  to: INSTANT,
  is_over: BOOLEAN,
  ...FIGURES,
  owners: listOf(objectOf({ owner: orNull(TEXT), ...FIGURES })),
})

/** What a report says of a queue: of those of these tickets that were opened in the span. */
export async function sectionOf(
  read: ReadPiece,
  { id, slug, title }: Queue,
  span: Span,
  found: readonly Ticket[],
): Promise<Section> {
  const tickets = found.filter(ticket => isWithin(ticket, span))
  const courses = await coursesOf(read, tickets, span)
  const byOwner = groupedBy([...tickets.keys()], at => tickets[at]!.assigned_to)
  const owners: OwnerFigures[] = []
  for (const [owner, places] of byOwner) {
    const user = owner === null ? undefined : await read(tx => tx.get('users', owner))
    owners.push({ owner: user?.username ?? null, ...figuresOf(places.map(at => courses[at]!)) })
  }
  return {
    queue: { id, slug, title },
    from: instantOf(span.from),
    to: instantOf(span.to),
    is_over: span.isOver,
    ...figuresOf(courses),
    owners: owners.sort(byNumber),
  }
}

function isWithin({ created }: Ticket, { from, to }: Span): boolean {
  const at = Date.parse(created)
  return at >= from && at < to
}

function byNumber(one: OwnerFigures, other: OwnerFigures): number {
  const nobodyLast = Number(one.owner === null) - Number(other.owner === null)
  return nobodyLast || other.opened - one.opened || (one.owner! < other.owner! ? -1 : 1)
}

function instantOf(moment: number): Instant {
  return new Date(moment).toISOString()
}
