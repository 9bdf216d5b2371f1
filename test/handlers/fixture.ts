import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../data/json/open.ts'
import type { Store, Tx } from '../../data/store.ts'
import type { Author, Door, Queue, Row, Table, Ticket, User } from '../../data/tables.ts'
import { type Answer, call, type Options } from '../../handlers/call.ts'
import { commandWithBody, parseCommand } from '../../handlers/command/command.ts'
import type { ParamValues } from '../../handlers/value.ts'
import { twice } from '../data/twice_store.ts'
import { directoryFor, FRED, quietStore, SUPPORT, SUSAN } from '../house.ts'
import { lastingPasswords } from '../lasting_passwords.ts'

export const NOW = '2026-03-01T12:00:00.000Z'
export const LATER = '2026-03-01T13:00:00.000Z'
export const susan: Author = { kind: 'user', user: 1 }
export const fred: Author = { kind: 'user', user: 2 }
export const operator: Author = { kind: 'operator' }
export const ann: Author = { kind: 'submitter', address: 'ann@example.net', automatic: false }
export const machine: Author = { kind: 'submitter', address: 'ann@example.net', automatic: true }

export const QUEUE: Queue = {
  id: 1,
  title: 'Support',
  slug: 'support',
  email_address: SUPPORT,
  new_ticket_cc: [],
  updated_ticket_cc: [],
  escalate_days: null,
  default_owner: null,
  locale: 'en',
}
export const TICKET: Ticket = {
  id: 31794,
  version: 1,
  queue: 1,
  title: 'The printer is on fire',
  submitter_email: null,
  assigned_to: null,
  status: 1,
  on_hold: false,
  priority: 3,
  due_date: null,
  resolution: null,
  created: '2026-02-28T09:00:00.000Z',
  modified: '2026-02-28T09:00:00.000Z',
}

/** An agent without a password. */
export function agent(id: number, username: string, addresses: readonly string[]): User {
  return { id, username, full_name: '', addresses, password_hash: null, admin: false, active: true }
}

/** The records of every example: the queue support, susan (an administrator), fred (an agent), and ticket 31794. */
export async function furnish(tx: Tx): Promise<void> {
  await tx.put('queues', QUEUE)
  await tx.put('users', { ...agent(1, SUSAN.username, [SUSAN.address]), admin: true })
  await tx.put('users', agent(2, FRED.username, [FRED.address]))
  await tx.put('tickets', TICKET)
}

/** A helpdesk without doors, whose own store runs every transaction twice. */
export interface Desk {
  readonly store: Store
  readonly directory: string
  /** Calls one method; by default as `susan`, through the shell, at `NOW`. */
  call(method: string, params?: ParamValues, options?: Partial<Options>): Promise<Answer>
  /** Runs a command line in the same way. */
  say(line: string, options?: Partial<Options>, body?: string): Promise<Answer>
  all<T extends Table>(table: T): Promise<readonly Row<T>[]>
  put<T extends Table>(table: T, record: Row<T>): Promise<unknown>
  ticket(id?: number): Promise<Ticket | undefined>
}

export async function desk(t: Test): Promise<Desk> {
  const directory = join(directoryFor(t), 'state')
  const embedded = await openStore(directory, quietStore)
  t.teardown(() => embedded.close())
  const store = twice(embedded)
  await store.transact(furnish)
  const passwords = lastingPasswords(t)
  const defaults = { actor: susan, door: 'shell' as Door, now: NOW, passwords }
  const one: Desk['call'] = async (method, params = {}, options = {}) => {
    const [answer] = await call(store, [{ method, params }], { ...defaults, ...options })
    return answer!
  }
  return {
    store,
    directory,
    call: one,
    say: async (line, options, body = '') => {
      const { method, params } = commandWithBody(parseCommand(line)!, body)
      return one(method, params, options)
    },
    all: table => store.read(tx => tx.find(table, {})),
    put: (table, record) => store.transact(tx => tx.put(table, record)),
    ticket: (id = TICKET.id) => store.read(tx => tx.get('tickets', id)),
  }
}

/** The code and the sentence of a refusal. Throws an Error if nothing is refused. */
export async function refusal(refused: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await refused
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: String(error.code), message: error.message }
    throw error
  }
  throw new Error('it was not refused')
}
