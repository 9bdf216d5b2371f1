// One thing: a report, from the search for its tickets to its figures.
import { Failure } from '../../data/failure.ts'
import type { Search } from '../../data/store.ts'
import type { Instant, Queue, Ticket } from '../../data/tables.ts'
import { dateOf } from '../escalation/day.ts'
import { type Hours, zoneOf } from '../escalation/hours.ts'
import { Zone } from '../escalation/zone.ts'
import type { Call, Surveying } from '../method.ts'
import { listOf, objectOf } from '../result_schema.ts'
import { actorSees, limitOf } from '../visible.ts'
import { groupedBy } from './grouped.ts'
import { firstDayOf, type Month, monthMeant, monthsLater, monthText, type NamedMonth } from './month.ts'
import { SECTION, type Section, sectionOf } from './section.ts'
import { spanOf } from './span.ts'

/** How many tickets a report looks at. */
const MOST = 50_000

export interface ReportAsked {
  readonly queue?: Queue | undefined
  readonly month: NamedMonth
}
export interface Report {
  /** `YYYY-MM`. */
  readonly month: string
  readonly queues: readonly Section[]
}
export const REPORT = objectOf({
  month: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}$' },
  queues: listOf(SECTION),
})

/** The month that is meant today in the time zone of the queue, or of the helpdesk. Throws Failure `invalid` for a month in the future. */
function monthAsked({ queue, month }: ReportAsked, now: Instant, hours: Hours): Month {
  const zone = queue ? zoneOf(queue, hours) : new Zone(hours.time_zone)
  return monthMeant(month, zone.dayAt(Date.parse(now)))
}

/** The search for the tickets of the month, in whatever zone, and for one more than a report may have. Throws Failure `invalid`. */
export function ticketsOpened(
  asked: ReportAsked,
  { actor, now, hours }: Pick<Call, 'actor' | 'now' | 'hours'>,
): Search<Ticket> {
  const month = monthAsked(asked, now, hours)
  const limited = limitOf(actor)
  return {
    where: {
      ...(asked.queue ? { queue: asked.queue.id } : limited ? { queue: { in: limited } } : {}),
      status: { in: [1, 2, 3, 4] },
      created: {
        from: dateOf(firstDayOf(month) - 1),
        to: dateOf(firstDayOf(monthsLater(month, 1)) + 2),
      },
    },
    by: [],
    limit: MOST + 1,
  }
}

/** The report on the tickets that the search has found. Throws Failure `invalid` if there are too many. */
export async function reportOf(
  asked: ReportAsked,
  { found, actor, now, hours, read }: Surveying,
): Promise<Report> {
  const month = monthAsked(asked, now, hours)
  if (found.length > MOST) throw tooMany(asked, month)
  const { queues, exclusions } = await read(async tx => ({
    queues: asked.queue ? [asked.queue] : await tx.find('queues', {}, { by: 'title' }),
    exclusions: await tx.find('exclusions', {}),
  }))
  const seen = queues.filter(({ id }) => actorSees(actor, id))
  const byQueue = groupedBy(found, ({ queue }) => queue)
  const sections: Section[] = []
  for (const queue of seen) {
    const span = spanOf(queue, month, exclusions, hours, Date.parse(now))
    const tickets = byQueue.get(queue.id) ?? []
    sections.push(await sectionOf(read, queue, span, tickets))
  }
  return { month: `${month.year}-${String(month.month).padStart(2, '0')}`, queues: sections }
}

function tooMany({ queue }: ReportAsked, month: Month): Failure {
  const about = queue ? 'in this queue' : 'in all queues'
  const hint = queue ? 'there is no report on so many' : 'ask for one queue: report <queue> <month>'
  return new Failure(
    'invalid',
    `More than ${MOST} tickets were opened ${about} in ${monthText(month)}; ${hint}.`,
  )
}
