import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Failure } from '../../../data/failure.ts'
import { tables } from '../../../data/indexes.ts'
import type { JsonStore } from '../../../data/json/store.ts'
import type { Store, Tx } from '../../../data/store.ts'
import type { Table } from '../../../data/tables.ts'
import { copyState, directoryFor, quietStore } from '../../house.ts'
import { type FaultyStore, faultyStore } from '../faulty_store.ts'
import { followup, followupWith, ticket } from '../records.ts'
import { failing, onDisk } from './disk_faults.ts'
import { open } from './json_store.ts'

const TORTURE = process.env.HELPDESKD_TORTURE !== undefined
const TRANSACTIONS = TORTURE ? 200_000 : 500
const SEED = Number(process.env.HELPDESKD_SEED ?? Math.floor(Math.random() * 2 ** 32))
/** Fewer transactions reach fewer statements. */
const LEAST_COVERAGE = TORTURE ? 0.8 : 0.1
const TOO_LARGE_EVERY = TORTURE ? 1000 : 400
const BATCH = 4
const BATCHES_PER_CHECK = 12
const HANGS_MILLISECONDS = 20_000
const TOO_LARGE = '\x01'.repeat(6 * 1024 * 1024)

t.setTimeout(0)

t.test(`wherever the store throws, confirmed commits stay, seed ${SEED}`, async t => {
  await withoutSyncs(t)
  const fuzz = new Fuzz(t, await faultyStore(t))
  await fuzz.start()
  while (fuzz.begun < TRANSACTIONS) {
    for (let n = 0; n < BATCHES_PER_CHECK; n++) await fuzz.batch()
    const wrong = await fuzz.wrong()
    if (wrong.length > 0) return t.same(wrong.slice(0, 5), [], `after ${fuzz.begun} transactions`)
  }
  t.comment(fuzz.summary())
  t.ok(fuzz.done > TRANSACTIONS / 3, `${fuzz.done} of ${fuzz.begun} were acknowledged`)
  t.ok(
    fuzz.coverage > LEAST_COVERAGE,
    `errors were thrown at ${Math.round(fuzz.coverage * 100)} % of the statements`,
  )
})

/** An error in these functions, or in what they call, comes after a durable commit or during a rollback, so memory may be inconsistent. */
const IN_DOUBT = ['answer', 'turnPage', 'takeBack', 'undo', 'undone', 'rewind']
/** Places where an error affects only a checkpoint. */
const AT_CHECKPOINT = /^(?:checkpoint|journal_file|snapshot|snapshot_writer)\.js:/
/** An error in only these functions comes between two groups. */
const BETWEEN = ['flush', 'stop']

/** Random transactions on a store that fails at random statements, and the answer to each. */
class Fuzz {
  begun = 0
  done = 0
  /** Process ends that were not necessary, and commits that were accepted although they are too large. */
  readonly #unexpected: string[] = []
  readonly #t: Test
  readonly #faulty: FaultyStore
  readonly #random = randomFrom(SEED)
  /** The places that run in transactions, stops and starts; `#thrown` has those where an error was thrown. */
  readonly #places = { work: new Set<string>(), end: new Set<string>(), start: new Set<string>() }
  readonly #thrown = new Set<string>()
  readonly #fates = new Map<string, 'unknown' | 'done' | 'refused'>()
  #highest = 0
  #ends = 0
  #directory = ''
  #store!: JsonStore
  #fatal: Promise<string> = new Promise(() => {})
  /** The life of the open store; answers after its process has ended do not count. */
  #life = { ended: false }

  constructor(t: Test, faulty: FaultyStore) {
    this.#t = t
    this.#faulty = faulty
  }

  async start(): Promise<void> {
    this.#directory = join(directoryFor(this.#t), 'state')
    await this.#open()
    // A store whose process would have ended never closes.
    this.#t.teardown(() => void this.#store.abandon().catch(() => {}))
  }

  /** Runs concurrent transactions with an error at some statement, and sometimes a checkpoint or a restart. */
  async batch(): Promise<void> {
    const checkpoint = this.#chance(0.1)
    const disarm = this.#arm('work', checkpoint ? AT_CHECKPOINT : undefined)
    const works = Array.from({ length: BATCH }, () => this.#transaction())
    if (checkpoint) works.push((async () => this.#store.checkpoint())().catch(() => {}))
    const [restore] = this.#chance(0.02) ? [await this.#full()] : []
    const end = await Promise.race([Promise.all(works), this.#fatal, hang()])
    restore?.()
    disarm()
    if (end === HANG) throw new Error(`a call was never answered, seed ${SEED}`)
    if (checkpoint && typeof end !== 'string') await this.#mustCheckpoint()
    if (typeof end === 'string') await this.#replaceBy(end)
    else if (this.#chance(0.03)) await this.#replaceBy(this.#copy())
    else if (this.#chance(0.25)) await this.#startAgain()
  }

  /** Checks that a checkpoint without faults succeeds, whatever happened to earlier ones. */
  async #mustCheckpoint(): Promise<void> {
    if (this.#life.ended) return
    // The first call may join a checkpoint that has already failed.
    const again = () => this.#store.checkpoint()
    await again()
      .catch(again)
      .catch(error => this.#unexpected.push(`no checkpoint succeeds any more: ${error.message}`))
  }

  /** A sentence for each broken promise. */
  async wrong(): Promise<string[]> {
    if (this.#unexpected.length > 0) return this.#unexpected
    // Without faults, so a checkpoint must succeed.
    if (this.#life.ended) await this.#replaceBy(await this.#fatal)
    await this.#mustCheckpoint()
    const memory = await dump(this.#store)
    const copy = this.#copy()
    const fresh = await open(copy)
    try {
      const disk = await dump(fresh)
      const next = (await fresh.transact(tx => tx.add('tickets', ticket()))).id
      return [
        ...tables.flatMap(table => differences(table, memory[table], disk[table])),
        ...this.#unexpected,
        ...(next > this.#highest ? [] : [`id ${next} is given out again`]),
        ...brokenIn(memory, this.#fates),
        ...(await brokenIndexes(this.#store)),
        ...(await filesGone(fresh)),
      ]
    } finally {
      await fresh.close()
      rmSync(copy, { recursive: true })
    }
  }

  /** The share of executed statements at which an error was thrown. */
  get coverage(): number {
    return this.#thrown.size / this.#all.size
  }

  summary(): string {
    const missed = [...this.#all].filter(place => !this.#thrown.has(place))
    return `${this.#thrown.size} of ${this.#all.size} statements, ${this.#ends} ends; not at ${missed.join(' ')}`
  }

  get #all(): Set<string> {
    return new Set(Object.values(this.#places).flatMap(places => [...places]))
  }

  async #transaction(): Promise<void> {
    const token = `token ${++this.begun}`
    const kind = this.#random()
    const big = this.begun % TOO_LARGE_EVERY === 0
    this.#fates.set(token, 'unknown')
    const life = this.#life
    try {
      const file = kind > 0.9 ? await this.#store.files.put(Buffer.from(`file ${this.begun % 8}`)) : undefined
      const id = await this.#store.transact(async tx => {
        const id = await change(tx, token, this.#random(), file)
        if (big) await tx.put('once', { id: TOO_LARGE, expires: '', answer: null, refusal: null })
        if (kind < 0.1) throw new Failure('invalid', 'refused')
        return id
      })
      if (life.ended) return
      if (big) this.#unexpected.push(`${token} is too large and was accepted`)
      this.#fates.set(token, 'done')
      this.#highest = Math.max(this.#highest, id)
      this.done++
    } catch (error) {
      const { code } = error as { code?: string }
      if (life.ended) return
      if (code === 'invalid' || code === 'too_large') this.#fates.set(token, 'refused')
    }
  }

  /** Throws once, mostly at a place that matches `at`, or else where nothing was thrown before. */
  #arm(phase: 'work' | 'end' | 'start', at?: RegExp): () => void {
    const places = this.#places[phase]
    const fresh = [...places].filter(place => (at ? at.test(place) : !this.#thrown.has(place)))
    const aimed = this.#chance(0.8) ? fresh[Math.floor(this.#random() * fresh.length)] : undefined
    let left = Math.ceil(this.#random() ** 2 * 600)
    let armed = this.#chance(0.8)
    this.#faulty.onStatement(place => {
      places.add(place)
      if (!armed || (aimed ? place !== aimed : --left > 0)) return
      armed = false
      this.#thrown.add(place)
      throw new Error(`injected at ${place}`)
    })
    return () => this.#faulty.onStatement(undefined)
  }

  async #open(): Promise<void> {
    let told!: (copy: string) => void
    this.#fatal = new Promise(resolve => {
      told = resolve
    })
    const life = { ended: false }
    this.#life = life
    const fatal = (error: Error) => {
      if (life.ended) return
      life.ended = true
      this.#ends++
      // The directory as the process would leave it: nothing is written after its end.
      this.#faulty.onStatement(undefined)
      if (!('code' in error) && !mayEndOf(error)) this.#unexpected.push(`the process ended: ${error.stack}`)
      told(this.#copy())
    }
    const events = { ...quietStore, fatal, checkpointFailed: () => {} }
    this.#store = (await this.#faulty.openStore(this.#directory, events)) as JsonStore
  }

  /** Closes and opens the store with faults. A start may fail any number of times; the next one must find everything. */
  async #startAgain(): Promise<void> {
    const disarm = this.#arm('end')
    const close = async () => this.#store.close()
    const ended = await Promise.race([close().catch(() => this.#copy()), this.#fatal, hang()])
    disarm()
    // If the call itself threw, closing continues all the same.
    void this.#store.close().catch(() => {})
    if (ended === HANG) throw new Error(`the store never closed, seed ${SEED}`)
    if (typeof ended === 'string') return this.#replaceBy(ended)
    const again = this.#arm('start')
    const begun = await this.#open().catch(() => false)
    again()
    if (begun === false || this.#life.ended) await this.#replaceBy(this.#copy())
  }

  async #replaceBy(directory: string): Promise<void> {
    this.#life.ended = true
    void this.#store.abandon().catch(() => {})
    this.#directory = directory
    await this.#open()
  }

  #copy(): string {
    const copy = join(directoryFor(this.#t), 'state')
    copyState(this.#directory, copy)
    return copy
  }

  #full(): Promise<() => void> {
    return onDisk(this.#t, 'write', (_, real) =>
      this.#chance(0.3) ? Promise.reject(failing('ENOSPC')) : real(),
    )
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }
}

/** Whether an injected error may end the process, by the functions on its stack. */
function mayEndOf({ stack = '' }: Error): boolean {
  const names = [...stack.matchAll(/^ +at (?:async )?(?:\w+\.)?#?(\w+) \(.*\/json\//gm)].map(
    ([, name]) => name!,
  )
  return BETWEEN.includes(names[0]!) || names.some(name => IN_DOUBT.includes(name))
}

/** Opens, changes or deletes a ticket, and stores the token. Each version of a ticket has its follow-up. */
async function change(tx: Tx, token: string, random: number, file: string | undefined): Promise<number> {
  await tx.put('once', { id: token, expires: '', answer: null, refusal: null })
  const all = await tx.find('tickets', {})
  const found = all[Math.floor(random * 997) % (all.length + 1)]
  const note = (id: number) =>
    tx.add('followups', { ...(file ? followupWith(file) : followup()), ticket: id, comment: token })
  if (!found) {
    const { id } = await tx.add('tickets', ticket({ title: token, queue: 1 + (all.length % 3) }))
    await note(id)
    return id
  }
  if (random < 0.5 || all.length < 20) {
    await tx.put('tickets', {
      ...found,
      version: found.version + 1,
      title: token,
      queue: 1 + (found.version % 3),
    })
    await note(found.id)
    return found.id
  }
  for (const { id } of await tx.find('followups', { ticket: found.id })) await tx.delete('followups', id)
  await tx.delete('tickets', found.id)
  return found.id
}

type Dump = Readonly<Record<Table, readonly { readonly id: unknown }[]>>

async function dump(store: Store): Promise<Dump> {
  return store.read(async tx => {
    const found: [Table, readonly { readonly id: unknown }[]][] = []
    for (const table of tables) found.push([table, await tx.find(table, {})])
    return Object.fromEntries(found) as Dump
  })
}

function differences(table: Table, memory: Dump[Table], disk: Dump[Table]): string[] {
  const found = new Map(disk.map(record => [record.id, JSON.stringify(record)]))
  const wrong = memory
    .filter(record => found.get(record.id) !== JSON.stringify(record))
    .map(({ id }) => `${id} of ${table} is not on the disk as it is in memory`)
  const surplus =
    disk.length === memory.length
      ? []
      : [`${disk.length} ${table} are on the disk, ${memory.length} in memory`]
  return [...wrong, ...surplus]
}

function brokenIn(memory: Dump, fates: ReadonlyMap<string, string>): string[] {
  const kept = new Set(memory.once.map(({ id }) => id))
  const followups = memory.followups as readonly { id: number; ticket: number; comment: string }[]
  const versions = new Map<number, number>()
  for (const { ticket } of followups) versions.set(ticket, (versions.get(ticket) ?? 0) + 1)
  const tickets = memory.tickets as readonly { id: number; version: number }[]
  const ids = new Set(tickets.map(({ id }) => id))
  return [
    ...[...fates].flatMap(([token, fate]) => {
      if (fate === 'done' && !kept.has(token)) return [`${token} was acknowledged and is gone`]
      return fate === 'refused' && kept.has(token) ? [`${token} was refused and is there`] : []
    }),
    ...followups
      .filter(({ comment }) => !kept.has(comment))
      .map(({ id }) => `follow-up ${id} is half a commit`),
    ...followups.filter(({ ticket }) => !ids.has(ticket)).map(({ id }) => `follow-up ${id} has no ticket`),
    ...tickets
      .filter(({ id, version }) => versions.get(id) !== version)
      .map(({ id, version }) => `ticket ${id} has version ${version} and ${versions.get(id)} follow-ups`),
  ]
}

async function brokenIndexes(store: Store): Promise<string[]> {
  return store.read(async tx => {
    const wrong: string[] = []
    for (const queue of [1, 2, 3]) {
      const indexed = (await tx.find('tickets', { queue })).map(({ id }) => id)
      const scanned = (await tx.find('tickets', {})).filter(one => one.queue === queue).map(({ id }) => id)
      if (indexed.join() !== scanned.join())
        wrong.push(`the index of queue ${queue} is not as the records are`)
    }
    return wrong
  })
}

async function filesGone(store: Store): Promise<string[]> {
  const gone: string[] = []
  for (const { id, attachments } of await store.read(tx => tx.find('followups', {}))) {
    for (const { file } of attachments)
      if (!(await store.files.get(file))) gone.push(`the file of follow-up ${id} is gone`)
  }
  return gone
}

const HANG = Symbol('hang')

function hang(): Promise<typeof HANG> {
  return new Promise(resolve => setTimeout(() => resolve(HANG), HANGS_MILLISECONDS).unref())
}

/** Without syncs, since there are tens of thousands of commits. */
async function withoutSyncs(t: Test): Promise<void> {
  await onDisk(t, 'datasync', async () => {})
  await onDisk(t, 'sync', async () => {})
}

/** Random numbers from 0 to 1, the same for each seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
