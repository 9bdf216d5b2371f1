import { join } from 'node:path'
import { Snapshot } from '../../data/json/snapshot/snapshot.ts'
import type { Followup, Letter, Ticket } from '../../data/tables.ts'
import { type Installation, install, start } from '../torture/process.ts'

const NOW = '2026-01-05T08:00:00.000Z'
const WORDS =
  'The printer on the second floor has been on fire since this morning and nobody dares to go near it. '

/**
 * Creates an installation with this many tickets, each with two follow-ups and a letter, about two kilobytes together. It is cleanly stopped.
 * Lines in `more` are added to its config.
 */
export async function filled(directory: string, tickets: number, more = ''): Promise<Installation> {
  const house = await install(directory, more)
  const snapshot = new Snapshot(house.state)
  const state = (await snapshot.read())!
  for (let id = 1; id <= tickets; id++) {
    state.rows.tickets.set(ticket(id))
    state.rows.followups.set(followup(2 * id - 1, id))
    state.rows.followups.set(followup(2 * id, id))
    state.rows.letters.set(letter(id))
  }
  Object.assign(state.numbers, { tickets, followups: 2 * tickets, letters: tickets })
  snapshot.plan({ base: state.base, durable: async () => {} })
  await snapshot.write(state)
  const daemon = await start(house)
  await daemon.end('SIGTERM')
  return house
}

export function snapshotOf({ state }: Installation): string {
  return join(state, 'helpdesk.json')
}

function ticket(id: number): Ticket {
  return {
    id,
    version: 2,
    queue: 1,
    title: `The printer on floor ${id} is on fire`,
    submitter_email: `customer-${id}@example.net`,
    assigned_to: 2,
    status: 1,
    on_hold: false,
    priority: 3,
    due_date: null,
    resolution: null,
    created: NOW,
    modified: NOW,
  }
}

function followup(id: number, ticket: number): Followup {
  return {
    id,
    ticket,
    date: NOW,
    comment: `${id}: ${WORDS.repeat(5)}`,
    public: true,
    author: { kind: 'user', user: 1 },
    door: 'http',
    changes: [],
    attachments: [],
    message_id: null,
  }
}

function letter(id: number): Letter {
  return {
    id,
    event: 'opened',
    to: `customer-${id}@example.net`,
    ticket: id,
    followup: 2 * id - 1,
    answer: null,
    state: 'sent',
    created: NOW,
    // A starting daemon removes old letters.
    due: new Date().toISOString(),
    attempts: [{ at: NOW, reply: '250 2.0.0 Ok: queued as 4XbGkP1zQJz9sW' }],
  }
}
