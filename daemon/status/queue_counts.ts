import type { Reader } from '../../data/store.ts'
import type { Queue, Status, User } from '../../data/tables.ts'
import { sees } from '../../handlers/visible.ts'

/** The statuses of tickets, as the fields of `QueueCounts`. */
const fields = { open: 1, reopened: 2, resolved: 3, closed: 4, duplicate: 5 } as const satisfies Record<
  string,
  Status
>
/** The columns of a table of them. */
export const ticketColumns: readonly (readonly [field: keyof typeof fields | 'on_hold', heading: string])[] =
  [
    ['open', 'open'],
    ['reopened', 'reopened'],
    ['on_hold', 'on hold'],
    ['resolved', 'resolved'],
    ['closed', 'closed'],
    ['duplicate', 'dupl.'],
  ]
export const countedStatuses = Object.keys(fields) as (keyof typeof fields)[]

/** The tickets of a queue by status. Those on hold are open or reopened, too. */
export type QueueCounts = Pick<Queue, 'slug' | 'title'> &
  Readonly<Record<keyof typeof fields | 'on_hold', number>>

/** Counts the tickets of each queue that a user sees, by indexes alone. */
export async function queueCounts(tx: Reader, user: Pick<User, 'queues'>): Promise<QueueCounts[]> {
  const queues = await tx.find('queues', {}, { by: 'title' })
  const counted: QueueCounts[] = []
  for (const queue of queues.filter(({ id }) => sees(user, id))) counted.push(await countsOf(tx, queue))
  return counted
}

async function countsOf(tx: Reader, { id: queue, slug, title }: Queue): Promise<QueueCounts> {
  const counts = { open: 0, reopened: 0, resolved: 0, closed: 0, duplicate: 0, on_hold: 0 }
  for (const field of countedStatuses) {
    const held = await tx.count('tickets', { queue, status: fields[field], on_hold: true })
    counts[field] = held + (await tx.count('tickets', { queue, status: fields[field], on_hold: false }))
    if (isOpen(field)) counts.on_hold += held
  }
  return { slug, title, ...counts }
}

function isOpen(field: keyof typeof fields): boolean {
  return field === 'open' || field === 'reopened'
}
