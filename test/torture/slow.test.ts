import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { directoryFor, FRED, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'
import { needs } from '../tools.ts'
import { install, start } from './process.ts'

const execute = promisify(execFile)
const SECONDS = process.env.HELPDESKD_TORTURE ? 60 : 5
const CONNECTIONS = 500
const GUESSES = 1000
/** The longest that 99 of 100 calls of a normal client may take. */
const PATIENCE_MILLISECONDS = 1000

t.setTimeout(10 * 60_000)

/** The modes of slowhttptest: it sends headers, sends a body, or reads the answer slowly. */
const modes: Readonly<Record<string, (url: string) => string[]>> = {
  headers: url => ['-H', '-i', '5', '-u', `${url}/api/hold_ticket/`],
  bodies: url => ['-B', '-i', '5', '-s', '8192', '-u', `${url}/api/hold_ticket/`],
  reading: url => ['-X', '-w', '16', '-y', '64', '-n', '5', '-z', '32', '-k', '3', '-u', `${url}/api/`],
}

/** The escape sequences for colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: slowhttptest writes them.
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g

/** Calls from a separate address until stopped; gives the time of each call in milliseconds. */
function normalClient(port: number, address: string): { stop(): Promise<number[]> } {
  let goesOn = true
  const working = (async () => {
    const took: number[] = []
    for (let at = 0; goesOn; at++) {
      const started = performance.now()
      const method = at % 2 ? 'unhold_ticket' : 'hold_ticket'
      const { status, body } = await call(port, method, SUSAN, { ticket: '1' }, address)
      if (status !== 200) throw new Error(`${status} ${body}`)
      took.push(performance.now() - started)
      await sleep(25)
    }
    return took
  })()
  return {
    stop: () => {
      goesOn = false
      return working
    },
  }
}

function call(
  port: number,
  method: string,
  { username, password }: { username: string; password: string },
  params: Record<string, string>,
  address: string,
) {
  const body = new URLSearchParams({ user: username, password, ...params }).toString()
  return ask(port, 'POST', `/api/${method}/`, body, undefined, address)
}

function p99(took: readonly number[]): number {
  return [...took].sort((a, b) => a - b)[Math.floor(took.length * 0.99)]!
}

for (const [mode, argumentsFor] of Object.entries(modes)) {
  t.test(
    `${CONNECTIONS} slow clients do not delay others, mode ${mode}`,
    { skip: needs('slowhttptest') },
    async t => {
      const daemon = await start(await install(directoryFor(t)))
      await call(daemon.http, 'create_ticket', SUSAN, { queue: '1', title: 'x' }, '127.0.0.2')
      const client = normalClient(daemon.http, '127.0.0.2')
      const words = argumentsFor(`http://127.0.0.1:${daemon.http}`)
      const rate = ['-c', String(CONNECTIONS), '-r', '250', '-l', String(SECONDS), '-t', 'POST', '-p', '3']
      const verb = mode === 'reading' ? rate.map(word => (word === 'POST' ? 'GET' : word)) : rate
      const { stdout } = await execute('slowhttptest', [...words, ...verb], { maxBuffer: 100 * 1024 * 1024 })
      const took = await client.stop()
      t.match(stdout.replace(COLOURS, ''), /service available:\s+YES/, 'slowhttptest itself was served')
      t.ok(p99(took) < PATIENCE_MILLISECONDS, `${Math.round(p99(took))} ms at p99 of ${took.length} calls`)
      t.comment(`p99 ${p99(took).toFixed(1)} ms of ${took.length} calls`)
      t.equal(await daemon.end('SIGTERM'), 0)
    },
  )
}

t.test(`${GUESSES} wrong passwords from one address do not block other logins`, async t => {
  const daemon = await start(await install(directoryFor(t)))
  await call(daemon.http, 'create_ticket', SUSAN, { queue: '1', title: 'x' }, '127.0.0.2')
  const client = normalClient(daemon.http, '127.0.0.2')
  const statuses = new Map<number, number>()
  let left = GUESSES
  const guessing = Array.from({ length: 20 }, async () => {
    while (left-- > 0) {
      const guess = { username: left % 2 ? 'susan' : `nobody ${left % 7}`, password: `guess ${left}` }
      const { status } = await call(daemon.http, 'list_queues', guess, {}, '127.0.0.3')
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  await sleep(300)
  const started = performance.now()
  t.equal(
    (await call(daemon.http, 'list_queues', FRED, {}, '127.0.0.4')).status,
    200,
    'from elsewhere, never seen before',
  )
  const first = performance.now() - started
  t.ok(first < PATIENCE_MILLISECONDS, `${first} ms`)
  await Promise.all(guessing)
  const took = await client.stop()
  t.ok(p99(took) < PATIENCE_MILLISECONDS, `${Math.round(p99(took))} ms at p99 of ${took.length} calls`)
  t.same([...statuses.keys()].sort(), [403, 429], 'first 403 for a wrong login, then 429')
  t.ok(statuses.get(403)! <= 100, `${statuses.get(403)} were checked`)
  t.ok(daemon.log.some(({ event }) => event === 'login_throttled'))
  t.comment(
    `p99 ${p99(took).toFixed(1)} ms, first login ${first.toFixed(0)} ms, ${JSON.stringify([...statuses])}`,
  )
  t.equal(await daemon.end('SIGTERM'), 0)
})
