import { spellingsOf } from '../../data/address.ts'
import { DAY, HOUR } from '../../data/durations.ts'
import { quotedString } from '../../data/quoted_string.ts'
import type { Search, Where } from '../../data/store.ts'
import type { Status, Ticket } from '../../data/tables.ts'
import type { Args, Call } from '../method.ts'
import { address } from '../params/addresses.ts'
import { choice } from '../params/choices.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { moment, priority, whole } from '../params/numbers_and_dates.ts'
import { owner } from '../params/owners.ts'
import { queue } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { limitOf } from '../visible.ts'
import { positionIn } from './cursor.ts'
import { filterWords } from './filter_words.ts'

const LONGEST_CURSOR = 500
const MOST_LISTED = 200
const USUAL = 50
/** How far the first time zone of all is ahead of UTC. */
const EARLIEST_ZONE = 14 * HOUR

const statusesOf: Readonly<Record<string, readonly Status[]>> = {
  open: [1],
  reopened: [2],
  resolved: [3],
  closed: [4],
  duplicate: [5],
  unresolved: [1, 2],
}
/** The fields that each order sorts by. */
const sorts = {
  changed: { by: ['modified'], newest: true },
  created: { by: ['created'], newest: true },
  priority: { by: ['priority', 'due_date'] },
  due: { by: ['due_date', 'priority'] },
} as const

export const filters = {
  queue: optional(queue('Only tickets of this queue.')),
  status: optional(
    choice('Only tickets with this status; unresolved means open or reopened.', Object.keys(statusesOf)),
  ),
  owner: optional(owner('Only tickets of this owner; me means the caller, none tickets without an owner.')),
  priority: optional(priority('Only tickets with this priority.')),
  submitter: optional(address('Only tickets of this submitter.')),
  held: optional(flag('Only tickets that are on hold (y), or that are not (n).')),
  overdue: optional(
    flag('With y, only unresolved tickets whose due date is past in the time zone of their queue.'),
  ),
  changed_since: optional(moment('Only tickets that have changed since then.')),
  words: optional(
    line(
      'Only tickets with all these words in title, submitter and resolution, or all in one follow-up; in any case, and also within words.',
      200,
    ),
  ),
  sort: optional(
    choice(
      'The order: by the last change or creation, newest first; by priority, then due date; or by due date. Defaults to changed.',
      Object.keys(sorts) as (keyof typeof sorts)[],
    ),
  ),
  limit: optional(whole(`How many tickets to give; defaults to ${USUAL}.`, 1, MOST_LISTED)),
  after: optional(
    line('Where to go on: next of the answer before, with the same filters and order.', LONGEST_CURSOR),
  ),
  filters: optional(filterWords),
}
export type Filters = Partial<Args<typeof filters>>

/** The search for a list of tickets. It looks for one more than is given, to tell whether there are more. Throws Failure `invalid` for a cursor of another list. */
export function searchFor(asked: Filters, call: Pick<Call, 'actor' | 'now'>): Search<Ticket> {
  const { sort = 'changed', words, after, limit = USUAL } = asked
  const { by, ...order } = sorts[sort]
  const search = { where: whereOf(asked, call), by, ...order, ...(words === undefined ? {} : { words }) }
  return {
    ...search,
    limit: limit + 1,
    ...(after === undefined ? {} : { after: positionIn(after, search, asked) }),
  }
}

function whereOf(asked: Filters, { actor, now }: Pick<Call, 'actor' | 'now'>): Where<Ticket> {
  const { queue, status, owner, priority, submitter, held, overdue, changed_since } = asked
  const limited = limitOf(actor)
  // The day before today where it comes first; the list leaves out what is not past in the zone of its queue.
  const past = new Date(Date.parse(now) + EARLIEST_ZONE - DAY).toISOString().slice(0, 10)
  return {
    ...(queue ? { queue: queue.id } : limited ? { queue: { in: limited } } : {}),
    ...(status ? { status: { in: statusesOf[status]! } } : overdue ? { status: { in: [1, 2] } } : {}),
    ...(owner ? { assigned_to: owner.id } : {}),
    ...(priority ? { priority } : {}),
    ...(submitter ? { submitter_email: { in: spellingsOf(submitter) } } : {}),
    ...(held === undefined ? {} : { on_hold: held }),
    ...(overdue ? { due_date: { to: past } } : {}),
    ...(changed_since === undefined ? {} : { modified: { from: changed_since } }),
  }
}

/** How many tickets a page gives. */
export function pageSize({ limit = USUAL }: Filters): number {
  return limit
}

/** The filters and the order as parameters of the plain form, each followed by a blank. */
export function plainFilters({
  queue,
  owner,
  filters: _,
  after: __,
  held,
  overdue,
  words,
  ...same
}: Filters): string {
  const given = {
    queue: queue?.slug,
    owner: owner?.name,
    held: held === undefined ? undefined : held ? 'y' : 'n',
    overdue: overdue ? 'y' : undefined,
    words: words === undefined ? undefined : quotedString(words),
    ...same,
  }
  return Object.entries(given)
    .map(([name, value]) => (value === undefined ? '' : `${name}=${value} `))
    .join('')
}
