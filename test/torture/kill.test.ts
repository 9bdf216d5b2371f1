import { mkdtempSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Letter } from '../../data/tables.ts'
import { copyState, directoryFor, until } from '../house.ts'
import { broken } from './history.ts'
import { fillPool, newLoad, sendPending, work } from './load.ts'
import { type Installation, install, launch, type Records, recordsIn, start, startHere } from './process.ts'
import { openSink, type Sink } from './sink.ts'

/** Each round has its own state directory, so that the records to read do not grow with all kills. */
const KILLS = process.env.HELPDESKD_TORTURE ? 30 : 3
const ROUNDS = process.env.HELPDESKD_TORTURE ? Math.ceil(1000 / KILLS) : 1
const CLIENTS = 4
const QUIET_MILLISECONDS = 400

t.setTimeout(ROUNDS * 10 * 60_000)

for (let round = 1; round <= ROUNDS; round++) {
  t.test(`${KILLS} kills under load lose nothing and do nothing twice, round ${round}`, async t => {
    const sink = await openSink(t)
    const directory = directoryFor(t)
    const house = await install(directory, `smarthost.url = "smtp://127.0.0.1:${sink.port}"`)
    const load = newLoad()
    const first = await startHere(t, house)
    await fillPool(load, first.http, CLIENTS * 2)
    await first.stop()

    for (let kill = 1; kill <= KILLS; kill++) {
      const moment = 20 + Math.random() * 380
      if (kill % 3 === 0) await killWhileStarting(house, moment)
      else await killUnderLoad(house, load, moment)
      const wrong = broken(load.history, await copied(house))
      if (wrong.length) return t.same(wrong.slice(0, 10), [], `after kill ${kill}, ${moment} ms`)
    }

    const records = await drained(t, house, load, sink)
    t.same(broken(load.history, records).slice(0, 10), [], 'everything confirmed happened once')
    t.equal(load.pending.size, 0, 'each mail was answered in the end')
    t.same(lettersGone(records, sink), [], 'each letter was sent, at most once more for each kill')
    t.ok(load.done > KILLS, `${load.done} of ${load.history.deeds.length} were acknowledged`)
  })
}

async function killUnderLoad(
  house: Installation,
  load: ReturnType<typeof newLoad>,
  moment: number,
): Promise<void> {
  const daemon = await start(house)
  const before = load.done
  let killed = false
  const working = work(load, daemon, CLIENTS, () => killed)
  await until('the first answer', () => load.done > before || undefined)
  await sleep(moment)
  killed = (await daemon.end('SIGKILL')) === null
  await working
}

async function killWhileStarting(house: Installation, moment: number): Promise<void> {
  const { child, ended } = launch(house)
  await sleep(moment)
  child.kill('SIGKILL')
  await ended
}

/** The content of a copy of the state directory: the original is left for the daemon to recover. */
async function copied({ state }: Installation): Promise<Records> {
  const copy = mkdtempSync(`${state}-`)
  try {
    copyState(state, copy, ['files'])
    return await recordsIn(copy)
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Waits until every mail is answered and every letter is sent; gives the records. */
async function drained(
  t: Test,
  house: Installation,
  load: ReturnType<typeof newLoad>,
  sink: Sink,
): Promise<Records> {
  for (;;) {
    const daemon = await startHere(t, house)
    await sendPending(load, daemon)
    for (let seen = -1; seen !== total(sink); ) {
      seen = total(sink)
      await sleep(QUIET_MILLISECONDS)
    }
    await daemon.stop()
    const records = await recordsIn(house.state)
    if (records.letters.every(isOver)) return records
  }
}

/** A summary waits for ten minutes. */
function isOver({ state, event }: Letter): boolean {
  return state === 'sent' || event === 'summary'
}

function total({ letters }: Sink): number {
  return [...letters.values()].reduce((sum, times) => sum + times, 0)
}

/** What is wrong with the letters that arrived, by the number in their Message-IDs. */
function lettersGone({ letters }: Records, sink: Sink): string[] {
  const arrived = [...sink.letters].map(([id, times]) => ({
    number: Number(/^<letter\.\d+\.(\d+)\./.exec(id)?.[1]),
    times,
  }))
  const numbers = new Set(arrived.map(({ number }) => number))
  const kept = new Set(letters.map(({ id }) => id))
  return [
    ...letters
      .filter(({ id, event }) => !numbers.has(id) && event !== 'summary')
      .map(({ id }) => `letter ${id} never arrived`),
    ...arrived.filter(({ number }) => !kept.has(number)).map(({ number }) => `letter ${number} is not ours`),
    ...arrived
      .filter(({ times }) => times > KILLS + 2)
      .map(({ number }) => `letter ${number} came too often`),
    ...(numbers.size === arrived.length ? [] : ['a letter came under two Message-IDs']),
  ]
}
