import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { journals } from '../../data/json/journal_file.ts'
import { MIB } from '../../data/sizes.ts'
import { directoryFor } from '../house.ts'
import { needs } from '../tools.ts'
import { broken } from './history.ts'
import { fillPool, type Load, newLoad, work } from './load.ts'
import { type Installation, install, type Running, recordsIn, start, startHere } from './process.ts'

const CLIENTS = 3
const ENOUGH = 200
const SYNC_FAILED = 74
/** The codes of temporary refusals. */
const REFUSALS = ['503', '452']
const PADDING = ` ${'x'.repeat(900)}`
/** What the disk takes before it is full. */
const ROOM = process.env.HELPDESKD_TORTURE ? 2 * MIB : MIB / 8

/** For what is like another test: `npm test` has no time for both. */
const LONG = !process.env.HELPDESKD_TORTURE && 'it runs with HELPDESKD_TORTURE=1'
const mountable = { skip: needs('root', 'mount', 'umount') }
const traceable = { skip: needs('strace') }

for (const { name, minFree, skip } of [
  { name: 'a disk that is full', minFree: 0, ...mountable },
  // In npm test, full.test.ts has a disk like this.
  { name: 'a disk with less room than min_free', minFree: MIB, skip: LONG || mountable.skip },
]) {
  t.test(`${name} gives 503 and 452, permits a start, loses nothing, and recovers`, { skip }, async t => {
    const directory = directoryFor(t)
    const state = await smallDisk(t, directory, 6 * MIB)
    const house = await install(directory, `store.min_free = ${minFree}`)
    const load = newLoad({ padding: PADDING, refusals: REFUSALS })
    const daemon = await start(house)
    await fillPool(load, daemon.http, CLIENTS)
    const ballast = fillDisk(state, minFree + ROOM)

    await work(load, daemon, CLIENTS, () => refusedAtBothDoors(load))
    t.ok(load.done > CLIENTS, `${load.done} were acknowledged before`)
    if (minFree > 0) t.ok(free(state) > 0, 'there is space left to finish what runs')

    rmSync(ballast)
    const before = { post: doneBy(load, 'post'), mail: doneBy(load, 'mail') }
    const mended = () => doneBy(load, 'post') > before.post + 5 && doneBy(load, 'mail') > before.mail + 5
    await work(load, daemon, CLIENTS, mended)
    t.ok(mended(), 'both doors accept calls again')

    const second = fillDisk(state, minFree + ROOM)
    load.refused.clear()
    await work(load, daemon, CLIENTS, () => refusedAtBothDoors(load))
    t.equal(await daemon.end('SIGKILL'), null)
    await startsOnFullDisk(t, house)
    rmSync(second)
    await ends(t, house, load)
  })
}

/** A start needs no space, except to keep a torn tail; without room for that it ends and says so. */
async function startsOnFullDisk(t: Test, house: Installation): Promise<void> {
  const again = await start(house).catch((error: Error) => error)
  if (again instanceof Error) t.match(again.message, /ended with 75 .*full/)
  else t.equal(await again.end('SIGKILL'), null, 'it starts on a full disk')
}

t.test(
  'a failed write is rolled back, and a failed sync ends the daemon before it answers',
  traceable,
  async t => {
    const { house, load, daemon } = await traced(
      t,
      'trace=pwrite64,fdatasync',
      'pwrite64:error=ENOSPC:when=30..34',
      'fdatasync:error=EIO:when=60',
    )
    const working = work(load, daemon, CLIENTS, () => false)
    t.equal(await daemon.ended, SYNC_FAILED)
    await working
    const fates = load.history.deeds.map(({ fate }) => fate)
    t.ok(fates.includes('refused'), 'the failed writes were refused')
    t.ok(fates.lastIndexOf('done') > fates.indexOf('refused'), 'the next ones succeeded')
    t.match(daemon.log.at(-1), { level: 'error', event: 'sync_failed', error: /EIO/, sentence: /disk/ })
    t.equal(daemon.log.filter(({ event }) => event === 'sync_failed').length, 1, 'it is not tried again')
    t.ok(
      load.history.deeds.some(({ fate }) => fate === 'unknown'),
      'some calls got no answer',
    )
    await ends(t, house, load)
  },
)

for (const error of ['ENOSPC', 'EIO']) {
  const skip = LONG || traceable.skip
  t.test(`a write that fails with ${error} is rolled back, and the next one succeeds`, { skip }, async t => {
    const { house, load, daemon } = await traced(t, 'trace=pwrite64', `pwrite64:error=${error}:when=30..34`)
    const enough = () => load.refused.size > 0 && load.done > ENOUGH
    await work(load, daemon, CLIENTS, enough)
    t.ok(enough(), `${load.done} were acknowledged`)
    t.equal(await daemon.end('SIGKILL'), null)
    await ends(t, house, load)
  })
}

// In npm test, commit.test.ts has a write like this.
const unmendable = { skip: LONG || traceable.skip }
t.test('a failed write that cannot be rolled back ends the daemon', unmendable, async t => {
  const { house, load, daemon } = await traced(
    t,
    'trace=pwrite64,ftruncate',
    'pwrite64:error=EIO:when=30',
    'ftruncate:error=EIO',
  )
  const working = work(load, daemon, CLIENTS, () => false)
  t.equal(await daemon.ended, SYNC_FAILED)
  await working
  t.match(daemon.log.at(-1), { level: 'error', event: 'sync_failed' })
  await ends(t, house, load)
})

/** Restarts it; everything confirmed must be there, and nothing that was refused. */
async function ends(t: Test, house: Installation, load: Load): Promise<void> {
  const again = await startHere(t, house)
  await again.stop()
  t.same(broken(load.history, await recordsIn(house.state)).slice(0, 10), [], 'everything confirmed is there')
}

function refusedAtBothDoors({ refused }: Load): boolean {
  return REFUSALS.every(code => (refused.get(code) ?? 0) >= 3)
}

function doneBy({ history }: Load, door: string): number {
  return history.deeds.filter(({ client, fate }) => client.startsWith(door) && fate === 'done').length
}

function free(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

/** Fills a disk until this many bytes are free; gives the file to remove. */
function fillDisk(state: string, left: number): string {
  const ballast = join(state, 'ballast')
  writeFileSync(ballast, Buffer.alloc(free(state) - left))
  return ballast
}

/** Mounts a small disk for the state directory of an installation. */
async function smallDisk(t: Test, directory: string, bytes: number): Promise<string> {
  const state = join(directory, 'state')
  await mkdir(state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', state])
  t.teardown(() => execFileSync('umount', ['-l', state]))
  return state
}

interface Traced {
  readonly house: Installation
  readonly load: Load
  readonly daemon: Running
}

/** Starts a daemon whose system calls on its journal fail as given. strace counts by thread, so there is one thread for files. */
async function traced(t: Test, trace: string, ...injections: string[]): Promise<Traced> {
  const house = await install(directoryFor(t))
  const load = newLoad({ refusals: REFUSALS })
  // After a clean stop the daemon continues in the same journal.
  const journal = join(house.state, `helpdesk.${(await journals(house.state)).at(-1)}.journal`)
  const injected = injections.flatMap(injection => ['-e', `inject=${injection}`])
  const under = [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-o',
    '/dev/null',
    '-P',
    journal,
    '-e',
    trace,
    ...injected,
  ]
  const daemon = await start(house, { under, environment: { UV_THREADPOOL_SIZE: '1' } })
  t.teardown(() => daemon.end('SIGKILL'))
  await fillPool(load, daemon.http, CLIENTS)
  return { house, load, daemon }
}
