import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openStore } from '../../data/json/open.ts'
import type { Tx } from '../../data/store.ts'
import type { Letter } from '../../data/tables.ts'
import { quickLetters } from '../daemon/mail/out/quick_letters.ts'
import { followup, letter, ticket } from '../data/records.ts'
import { directoryFor, quietStore, SUSAN, until } from '../house.ts'
import { ROOT } from '../program.ts'
import { type FaultySmarthost, openFaultySmarthost, REFUSED } from './faulty_smarthost.ts'
import {
  type Installation,
  install,
  type Records,
  recordsIn,
  type Start,
  start,
  startHere,
} from './process.ts'

const ROUNDS = process.env.HELPDESKD_TORTURE ? 50 : 1
const KILLS = process.env.HELPDESKD_TORTURE ? 20 : 2
const TICKETS = process.env.HELPDESKD_TORTURE ? 20 : 10
/** The letters to the submitter of each ticket. */
const EACH = 9
/** The recipients of each kind that the smarthost refuses. An agent is told of each, but in summaries from the 60th letter of an hour on. */
const OF_A_KIND = 10
const LETTERS = TICKETS * EACH + 2 * OF_A_KIND
const LONGEST_MILLISECONDS = 300
const QUICK: Start = { program: `${ROOT}dist/test/torture/quick_daemon.js` }

t.setTimeout(ROUNDS * 5 * 60_000)

for (let round = 1; round <= ROUNDS; round++) {
  t.test(
    `a faulty smarthost and ${KILLS} kills: each letter arrives or is reported as failed, round ${round}`,
    async t => {
      const smarthost = await openFaultySmarthost(t, 'the right one')
      const directory = directoryFor(t)
      const password = join(directory, 'password')
      const house = await install(
        directory,
        `smarthost.url = "smtp://helpdesk@127.0.0.1:${smarthost.port}"\nsmarthost.password_file = "${password}"`,
      )
      await writeLetters(house)

      writeFileSync(password, 'the wrong one\n')
      await failsNone(t, house, smarthost)
      writeFileSync(password, 'the right one\n')
      const haveAllArrived = () => new Set(numbers(smarthost)).size >= LETTERS
      for (let kill = 1; kill < KILLS && !haveAllArrived(); kill++) {
        const daemon = await start(house, QUICK)
        const before = smarthost.arrived.length
        await until('a letter', () => smarthost.arrived.length > before || haveAllArrived())
        await sleep(Math.random() * LONGEST_MILLISECONDS)
        await daemon.end('SIGKILL')
      }
      const daemon = await startHere(t, house, quickLetters)
      await until('all letters', haveAllArrived)
      await daemon.stop()

      const records = await recordsIn(house.state)
      t.same(wrongWith(records, smarthost).slice(0, 10), [])
      t.same(outOfOrder(smarthost), [])
      t.equal(records.letters.length, LETTERS + 2 * OF_A_KIND)
    },
  )
}

/** Adds public answers of susan, each in one letter: to the submitters, and to those that the smarthost refuses. */
async function writeLetters({ state }: Installation): Promise<void> {
  const store = await openStore(state, quietStore)
  const now = new Date().toISOString()
  const answer = async (tx: Tx, to: string, about: number) => {
    const author = { kind: 'user', user: 1 } as const
    const written = { ticket: about, date: now, comment: 'It works.', public: true, author }
    const { id } = await tx.add('followups', followup(written))
    const facts = { event: 'followed_up', to, ticket: about, followup: id, created: now, due: now } as const
    await tx.add('letters', letter(facts))
  }
  await store.transact(async tx => {
    for (let count = 1; count <= TICKETS; count++) {
      const submitter = `maria${count}@example.net`
      const { id } = await tx.add('tickets', ticket({ submitter_email: submitter, created: now }))
      for (let each = 0; each < EACH; each++) await answer(tx, submitter, id)
    }
    for (const kind of Object.keys(REFUSED))
      for (let count = 1; count <= OF_A_KIND; count++) await answer(tx, `${kind}${count}@example.net`, count)
  })
  await store.close()
}

/** With a wrong password all letters wait, with one alert in the log, also over a kill. */
async function failsNone(t: Test, house: Installation, smarthost: FaultySmarthost): Promise<void> {
  const daemon = await start(house, QUICK)
  await until('some logins', () => smarthost.logins() > 8 || undefined)
  await daemon.end('SIGKILL')
  const { letters } = await recordsIn(house.state)
  t.ok(
    letters.every(({ state }) => state === 'waiting'),
    'a wrong password fails no letter',
  )
  t.equal(smarthost.arrived.length, 0)
  const alerts = daemon.log.filter(({ event }) => event === 'smarthost_down')
  t.match(alerts, [{ level: 'error', sentence: /Check the username and the password/ }])
  t.equal(alerts.length, 1)
}

function numbers({ arrived }: FaultySmarthost): number[] {
  return arrived.map(({ letter }) => letter)
}

function wrongWith({ letters, followups }: Records, smarthost: FaultySmarthost): string[] {
  const times = new Map<number, number>()
  for (const number of numbers(smarthost)) times.set(number, (times.get(number) ?? 0) + 1)
  const sentWrongly = ({ id, state }: Letter) => {
    const came = times.get(id) ?? 0
    return state !== 'sent' || came < 1 || came > KILLS + 1
      ? [`letter ${id} is ${state} and came ${came} times`]
      : []
  }
  const failedWrongly = ({ id, to, state, attempts }: Letter, [, reply]: readonly [string, string]) => {
    const reports = followups.filter(one => one.about_letter === id)
    const told = letters.filter(one => reports.some(({ id }) => id === one.followup))
    const isRight =
      state === 'failed' &&
      attempts.at(-1)?.reply === reply &&
      reports.length === 1 &&
      reports[0]!.comment.startsWith(`The letter to ${to} did not arrive: ${reply}`) &&
      told.length === 1 &&
      told[0]!.to === SUSAN.address
    return isRight && !times.has(id) ? [] : [`letter ${id} to ${to} is ${state}, ${told.length} were told`]
  }
  return letters.flatMap(letter => {
    const refusal = REFUSED[/^[a-z]+/.exec(letter.to)![0]]
    return refusal ? failedWrongly(letter, refusal) : sentWrongly(letter)
  })
}

/** The letters to a submitter whose first arrival is before that of an earlier letter. */
function outOfOrder({ arrived }: FaultySmarthost): string[] {
  const last = new Map<string, number>()
  const seen = new Set<number>()
  return arrived.flatMap(({ letter, to }) => {
    if (to === SUSAN.address || seen.has(letter)) return []
    const before = last.get(to) ?? 0
    seen.add(letter)
    last.set(to, Math.max(before, letter))
    return letter < before ? [`letter ${letter} to ${to} came after letter ${before}`] : []
  })
}
