import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { journals } from '../../data/json/journal_file.ts'
import type { Installation } from '../torture/process.ts'
import type { LoadProcess, Probed, Server } from './children.ts'
import type { Figure } from './figure.ts'
import type { Job } from './load.ts'
import { rates, tell } from './rates.ts'

const ROUNDS = 5
const SECONDS = 2
/** Rounds for the calls other than hold_ticket; few, since each create_ticket leaves a ticket. */
const MORE_ROUNDS = 3
const MORE_SECONDS = 1

export const HOW = `Each speed is the median of ${ROUNDS} runs of ${SECONDS} s (create_ticket and list_queues: ${MORE_ROUNDS} of ${MORE_SECONDS} s), all servers in turn.`

/** A daemon under measurement. */
export interface Measured {
  readonly daemon: Probed
  readonly house: Installation
  readonly tickets: number
}

/** The speed of each call with few and with many tickets, and of hold_ticket compared with the bases. `base` starts the base server. */
export async function speeds(
  few: Measured,
  many: Measured,
  base: (bytes: number) => Promise<Server>,
  load: LoadProcess,
  connections: number,
): Promise<Figure[]> {
  const run = (call: Job['call'], port: number, path: string, { tickets }: Measured, seconds: number) =>
    load.run({ call, port, path, connections, tickets, seconds })
  const api = (call: Job['call'], seconds: number) => ({
    few: () => run(call, few.daemon.port, '/api', few, seconds),
    many: () => run(call, many.daemon.port, '/api', many, seconds),
  })
  const hold = api('hold', SECONDS)
  tell('warming up')
  for (const warmUp of Object.values(hold)) await warmUp()
  const bytes = await bytesOfCall(few.house)
  const { port } = await base(bytes)
  const kinds = {
    ...hold,
    kept: () => run('hold', port, '/kept', few, SECONDS),
    bare: () => run('hold', port, '/bare', few, SECONDS),
  }
  await kinds.kept()
  await kinds.bare()
  const holds = await rates(kinds, ROUNDS)
  const lists = await rates(api('list', MORE_SECONDS), MORE_ROUNDS)
  const creates = await rates(api('create', MORE_SECONDS), MORE_ROUNDS)

  const kept = `a polka handler that appends ${bytes} bytes and syncs in groups`
  const bare = 'a polka handler that only answers'
  const sizes = [few.tickets, many.tickets] as const
  return [
    ...perSecond('hold_ticket', holds, sizes),
    { what: `${kept}, calls a second`, value: holds.kept },
    { what: `${bare}, calls a second`, value: holds.bare },
    { what: `hold_ticket at ${few.tickets} ÷ ${kept}`, value: holds.few / holds.kept, least: 0.8 },
    { what: `hold_ticket at ${many.tickets} ÷ ${kept}`, value: holds.many / holds.kept, least: 0.8 },
    { what: `hold_ticket at ${few.tickets} ÷ ${bare}`, value: holds.few / holds.bare },
    ratio('hold_ticket', holds, sizes),
    ...perSecond('create_ticket (nobody to write to)', creates, sizes),
    ratio('create_ticket', creates, sizes),
    ...perSecond('list_queues', lists, sizes),
    ratio('list_queues', lists, sizes),
  ]
}

type Rates = Readonly<Record<'few' | 'many', number>>
type Sizes = readonly [number, number]

function perSecond(what: string, { few, many }: Rates, sizes: Sizes): Figure[] {
  return [few, many].map((value, index) => ({
    what: `${what} at ${sizes[index]} tickets, calls a second`,
    value,
  }))
}

function ratio(what: string, { few, many }: Rates, [less, more]: Sizes): Figure {
  return { what: `${what} at ${more} ÷ at ${less}`, value: many / few, least: 0.9 }
}

/** The bytes that a call adds to the journal: the length of its last line. */
async function bytesOfCall({ state }: Installation): Promise<number> {
  const number = (await journals(state)).at(-1)
  const lines = readFileSync(join(state, `helpdesk.${number}.journal`), 'utf8')
    .trimEnd()
    .split('\n')
  const last = lines.at(-1)!
  if (!last.includes('"put"')) throw new Error(`journal ${number} holds no call yet`)
  return Buffer.byteLength(last) + 1
}
