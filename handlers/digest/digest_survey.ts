import type { Store } from '../../data/store.ts'
import type { Queue, Ticket, User } from '../../data/tables.ts'
import { type Hours, zoneOf } from '../escalation/hours.ts'
import type { Zone } from '../escalation/zone.ts'
import { sees } from '../visible.ts'
import { type Digestible, digestLists } from './digest_lists.ts'

/** How many tickets of one run are looked at, the most urgent first. */
const MOST_TICKETS = 50_000
/** How many tickets of one user are looked at closely. */
const MOST_OWN = 1000
/** How many of the newest follow-ups of each. */
const MOST_FOLLOWUPS = 20
/** How many tickets one transaction reads the follow-ups of. */
const AT_ONCE = 20

type Surveyed = Pick<Store, 'read' | 'search'>

/** What the digests of some users list at a moment (in milliseconds since 1970). Others read and write in between. */
export class DigestSurvey {
  readonly #store: Surveyed
  readonly #now: number
  readonly #tickets: readonly Ticket[]
  /** The zone of each queue, by its number. */
  readonly #zones: ReadonlyMap<number, Zone>

  constructor(store: Surveyed, now: number, tickets: readonly Ticket[], zones: ReadonlyMap<number, Zone>) {
    this.#store = store
    this.#now = now
    this.#tickets = tickets
    this.#zones = zones
  }

  /** The lists of the digest of one of these users, without the empty ones. */
  async listsOf(user: User) {
    const own = this.#tickets.filter(({ assigned_to, queue }) => assigned_to === user.id && sees(user, queue))
    const free = this.#tickets.filter(({ assigned_to, queue }) => assigned_to === null && sees(user, queue))
    const all: Digestible[] = free.flatMap(ticket => this.#with(ticket, []))
    const looked = own.slice(0, MOST_OWN)
    for (let at = 0; at < looked.length; at += AT_ONCE)
      all.push(...(await this.#read(looked.slice(at, at + AT_ONCE))))
    return digestLists(all)
  }

  #read(tickets: readonly Ticket[]): Promise<readonly Digestible[]> {
    return this.#store.read(async tx => {
      const read: Digestible[] = []
      for (const ticket of tickets) {
        const page = { newest: true, limit: MOST_FOLLOWUPS } as const
        read.push(...this.#with(ticket, await tx.find('followups', { ticket: ticket.id }, page)))
      }
      return read
    })
  }

  #with(ticket: Ticket, followups: Digestible['followups']): readonly Digestible[] {
    const zone = this.#zones.get(ticket.queue)
    if (!zone) return []
    return [{ ticket, followups, today: zone.dayAt(this.#now), dayAt: moment => zone.dayAt(moment) }]
  }
}

/** Finds the unresolved tickets that belong to these users or to nobody, in one search for all of them. */
export async function surveyFor(
  store: Surveyed,
  users: readonly User[],
  hours: Hours,
  now: number,
): Promise<DigestSurvey> {
  const assigned_to = { in: [null, ...users.map(({ id }) => id)] }
  const where = { status: { in: [1, 2] as const }, assigned_to }
  const found = await store.search('tickets', { where, by: ['priority', 'due_date'], limit: MOST_TICKETS })
  const queues: readonly Queue[] = await store.read(tx => tx.find('queues', {}))
  return new DigestSurvey(store, now, found, new Map(queues.map(queue => [queue.id, zoneOf(queue, hours)])))
}
