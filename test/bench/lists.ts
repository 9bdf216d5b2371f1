// One thing: one measurement; the records that it fills in, the plain pass that it compares with and what it prints belong together.
import { mkdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../data/json/open.ts'
import { Snapshot } from '../../data/json/snapshot/snapshot.ts'
import type { Store } from '../../data/store.ts'
import type { Followup, Priority, Status, Ticket } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import type { Listing } from '../../handlers/tickets/listing.ts'
import { quietStore } from '../house.ts'
import { install } from '../torture/process.ts'
import { type Figure, median, milliseconds } from './figure.ts'
import { tell } from './rates.ts'

const FOLLOWUPS = 10
const rounds = Array.from({ length: 7 })
/** A daemon that has run for a while is compiled. */
const WARM_UPS = 3
const PAGE = 50
/** In milliseconds: without a few ticks before and after, a delay is not seen. */
const TICKS = 10
const START = Date.parse('2026-01-05T08:00:00.000Z')
const WORDS =
  'The printer on the second floor has been on fire since this morning and nobody dares to go near it.'
/** Every thousandth follow-up has these words. */
const WANTED = 'Paper jam'

/** A list, and the same by one plain pass over the same records in arrays. */
interface Kind {
  readonly what: string
  readonly params: Readonly<Record<string, string>>
  plain(records: Plain): Ticket[]
}
interface Plain {
  readonly tickets: readonly Ticket[]
  readonly followups: readonly Followup[]
}

const kinds: readonly Kind[] = [
  {
    what: 'the first page of list_tickets, filtered and sorted',
    params: { queue: 'support', status: 'unresolved', sort: 'priority' },
    plain: ({ tickets }) =>
      tickets
        .filter(({ queue, status }) => queue === 1 && status <= 2)
        .sort((a, b) => a.priority - b.priority || a.id - b.id)
        .slice(0, PAGE),
  },
  {
    what: 'the first page of list_tickets with words',
    params: { words: WANTED },
    plain: ({ tickets, followups }) => {
      const words = WANTED.toLowerCase().split(' ')
      const has = (text: string) => words.every(word => text.includes(word))
      const owners = new Set<number>()
      for (const { ticket, comment } of followups) if (has(comment.toLowerCase())) owners.add(ticket)
      return tickets
        .filter(({ id, title }) => owners.has(id) || has(title.toLowerCase()))
        .sort((a, b) => (a.modified < b.modified ? 1 : -1))
        .slice(0, PAGE)
    },
  },
]

/** How long lists of tickets take, compared with one plain pass over the same records, and how long they hold the event loop. */
export async function lists(directory: string, tickets: number): Promise<Figure[]> {
  tell(`filling a helpdesk with ${tickets} tickets and ${FOLLOWUPS} follow-ups each`)
  mkdirSync(directory)
  const { state } = await install(directory)
  // First, so that the collector need not look at a million objects of this measurement while the lists are measured.
  const passes = await passed(state, tickets)
  const store = await openStore(state, quietStore)
  const figures: Figure[] = []
  for (const [at, kind] of kinds.entries()) figures.push(...(await measured(store, kind, passes[at]!)))
  await store.close()
  return figures
}

interface Pass {
  readonly found: readonly number[]
  readonly took: number
}

/** Fills the state directory, and makes the plain passes. */
async function passed(directory: string, tickets: number): Promise<Pass[]> {
  const records = await filled(directory, tickets)
  return kinds.map(({ what, plain }) => {
    tell(`measuring a plain pass for ${what}`)
    let found: readonly Ticket[] = []
    const times = rounds.map(() => {
      const started = performance.now()
      found = plain(records)
      return performance.now() - started
    })
    return { found: found.map(({ id }) => id), took: median(times) }
  })
}

async function measured(store: Store, { what, params }: Kind, pass: Pass): Promise<Figure[]> {
  tell(`measuring ${what}`)
  const times: number[] = []
  const delays: number[] = []
  for (let n = 0; n < WARM_UPS; n++) await listed(store, params)
  for (const _ of rounds) {
    const histogram = monitorEventLoopDelay({ resolution: 1 })
    histogram.enable()
    await sleep(TICKS)
    const started = performance.now()
    const found = await listed(store, params)
    times.push(performance.now() - started)
    await sleep(TICKS)
    histogram.disable()
    delays.push(histogram.max / 1e6)
    if (found.join() !== pass.found.join()) throw new Error(`${what} gives other tickets than the plain pass`)
  }
  const took = median(times)
  return [
    {
      what: `${what} (${milliseconds(took)}) ÷ one plain pass over the same records (${milliseconds(pass.took)})`,
      value: took / pass.took,
      most: 3,
    },
    {
      what: 'the longest event-loop delay meanwhile (median of the runs), ms',
      value: median(delays),
      most: 20,
    },
  ]
}

async function listed(store: Store, params: Kind['params']): Promise<number[]> {
  const now = new Date(START).toISOString()
  const actor = { kind: 'user', user: 1 } as const
  const [answer] = await call(store, [{ method: 'list_tickets', params }], { actor, door: 'http', now })
  return (answer!.gives as Listing).tickets.map(({ ticket }) => ticket)
}

/** Writes the records into the snapshot of a state directory, and gives them. */
async function filled(directory: string, count: number): Promise<Plain> {
  const snapshot = new Snapshot(directory)
  const state = (await snapshot.read())!
  const tickets = Array.from({ length: count }, (_, at) => ticket(at + 1))
  const followups = Array.from({ length: FOLLOWUPS * count }, (_, at) => followup(at + 1, 1 + (at % count)))
  for (const one of tickets) state.rows.tickets.set({ ...one })
  for (const one of followups) state.rows.followups.set({ ...one })
  Object.assign(state.numbers, { tickets: count, followups: followups.length })
  snapshot.plan({ base: state.base, durable: async () => {} })
  await snapshot.write(state)
  return { tickets, followups }
}

function ticket(id: number): Ticket {
  // Spread over a month, no two at the same time.
  const modified = new Date(START - ((id * 7919) % 100_003) * 26_000).toISOString()
  return {
    id,
    version: 2,
    queue: 1,
    title: `The printer on floor ${id} is on fire`,
    submitter_email: `customer-${id % 1000}@example.net`,
    assigned_to: id % 3 ? 2 : null,
    status: (1 + (id % 4)) as Status,
    on_hold: false,
    priority: (1 + (id % 5)) as Priority,
    due_date: null,
    resolution: null,
    created: modified,
    modified,
  }
}

function followup(id: number, ticket: number): Followup {
  return {
    id,
    ticket,
    date: new Date(START).toISOString(),
    comment: `${id}: ${WORDS}${id % 1000 === 0 ? ` ${WANTED} again.` : ''}`,
    public: true,
    author: { kind: 'user', user: 1 },
    door: 'http',
    changes: [],
    attachments: [],
    message_id: null,
  }
}
