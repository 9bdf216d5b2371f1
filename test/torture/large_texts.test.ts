import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openStore } from '../../data/json/open.ts'
import { MIB } from '../../data/sizes.ts'
import type { FileName } from '../../data/tables.ts'
import { directoryFor, quietStore, SUSAN } from '../house.ts'
import {
  answerTo,
  doors,
  kinds,
  type Large,
  possibleAt,
  type Said,
  sha256,
  type Target,
} from './large_texts.ts'
import { type Installation, install, type Running, start } from './process.ts'

const WHOLE = process.env.HELPDESKD_TORTURE !== undefined
const SIZE = WHOLE ? 25 * MIB - 4096 : 2 * MIB
/** The number of callers at one door, and at each door if all are called; this process plays all of them. */
const AT_ONE_DOOR = 10
const AT_EACH_DOOR = WHOLE ? 4 : 2
const MOST_MEGABYTES = 400
const HEAPS = WHOLE ? [[], ['--max-old-space-size=512']] : [[]]
const KINDS = Object.keys(kinds)

t.setTimeout(WHOLE ? 0 : 5 * 60_000)

for (const node of HEAPS) {
  const heap = node.join(' ') || "Node's own heap"
  if (WHOLE) {
    for (const door of Object.keys(doors)) {
      t.test(`large texts at the door ${door}, ${heap}`, t =>
        rounds(t, node, KINDS, kind => atOnce([door], AT_ONE_DOOR, kind)),
      )
      t.test(`one large text after the other at the door ${door}, ${heap}`, t =>
        rounds(t, node, KINDS, kind => oneByOne(door, kind)),
      )
    }
  }
  const some = WHOLE ? KINDS : ['separators']
  t.test(`large texts at all doors together, ${heap}`, t =>
    rounds(t, node, some, kind => atOnce(Object.keys(doors), AT_EACH_DOOR, kind)),
  )
}

/** What is sent to a target: groups one after the other, and all texts of a group at once. */
type Round = (target: Target) => (() => Promise<Said>)[][]

/** Many concurrent callers at each door. */
function atOnce(names: readonly string[], callers: number, kind: string): Round {
  return target => [
    names.flatMap(door => {
      const methods = possibleAt(door)
      return Array.from({ length: callers }, (_, at) =>
        doors[door]!(target, large(door, methods[at % methods.length]!, kind, at)),
      )
    }),
  ]
}

/** Each text parameter in turn. */
function oneByOne(door: string, kind: string): Round {
  return target => possibleAt(door).map((method, at) => [doors[door]!(target, large(door, method, kind, at))])
}

function large(door: string, method: string, kind: string, at: number): Large {
  const begin = `Text ${at} of ${kind} at ${door} for ${method} `
  return {
    method,
    params:
      method === 'create_ticket'
        ? { queue: '1', title: begin.trim(), submitter_email: 'erin@example.net' }
        : { ticket: '1' },
    begin,
    kind: kinds[kind]!,
    size: SIZE,
    from: `127.0.0.${10 + at}`,
  }
}

/** Runs a round for each kind of text, then kills the daemon as a power cut would. */
async function rounds(
  t: Test,
  node: readonly string[],
  names: readonly string[],
  round: (kind: string) => Round,
): Promise<void> {
  const house = await install(directoryFor(t))
  const daemon = await start(house, { node })
  t.teardown(() => daemon.end('SIGKILL'))
  const target = { house, daemon, token: await furnish(daemon) }
  const done: Said[] = []
  for (const kind of names) {
    const groups = round(kind)(target)
    resetPeak(daemon)
    const client = normalClient(daemon)
    const said: Said[] = []
    for (const group of groups) said.push(...(await Promise.all(group.map(send => send()))))
    const longest = await client.stop()
    t.same(
      said.filter(({ fate }) => fate === 'wrong').map(({ reply }) => reply),
      [],
      `${kind}: each gets an answer`,
    )
    const peak = peakOf(daemon)
    const good = said.filter(({ fate }) => fate === 'done')
    const refused = new Set(
      said.filter(({ fate }) => fate === 'refused').map(({ reply }) => reply.slice(0, 70)),
    )
    const figures = `${kind}: ${peak} MB at most, ${good.length} of ${said.length} done, a small call took ${longest} ms at most; ${[...refused].join(' | ')}`
    t.ok(peak < MOST_MEGABYTES, figures)
    tell(t, figures)
    done.push(...good)
  }
  t.equal(await daemon.end('SIGKILL'), null)
  const again = await start(house, { node })
  tell(t, `a start takes ${peakOf(again)} MB`)
  t.equal(await again.end('SIGTERM'), 0)
  t.same(await lost(house, done), [], 'everything confirmed is there')
}

/** Opens a ticket to write to; gives a token. */
async function furnish({ http }: Running): Promise<string> {
  await small(http, 'create_ticket', { queue: '1', title: 'x' })
  return (await small(http, 'issue_token', { username: SUSAN.username, label: 'x' })).says
}

function small(http: number, method: string, params: Record<string, string>) {
  const login = { user: SUSAN.username, password: SUSAN.password }
  const body = Buffer.from(new URLSearchParams({ ...login, ...params }).toString())
  return answerTo(http, `/api/${method}/`, body, {})
}

/** Repeats a small call until stopped; gives the longest time in milliseconds. */
function normalClient({ http }: Running): { stop(): Promise<number> } {
  let goesOn = true
  const working = (async () => {
    let longest = 0
    while (goesOn) {
      const started = performance.now()
      const { status, says } = await small(http, 'list_queues', {})
      if (status !== 200) throw new Error(`${status} ${says}`)
      longest = Math.max(longest, performance.now() - started)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    return Math.round(longest)
  })()
  return {
    stop: () => {
      goesOn = false
      return working
    },
  }
}

async function lost({ state }: Installation, done: readonly Said[]): Promise<string[]> {
  const store = await openStore(state, quietStore)
  try {
    const followups = await store.read(tx => tx.find('followups', {}))
    const kept = new Set(
      followups.flatMap(({ comment, comment_file, attachments }) => [
        comment_file === undefined ? sha256(comment) : hashOf(state, comment_file),
        ...attachments.map(({ file }) => hashOf(state, file)),
      ]),
    )
    return done.filter(said => !said.kept.some(name => kept.has(name))).map(({ reply }) => reply)
  } finally {
    await store.close()
  }
}

/** The hash of the content of a file, which must be its name. */
function hashOf(state: string, name: FileName): string {
  return sha256(readFileSync(join(state, 'files', name.slice(0, 2), name)))
}

/** The peak memory since the last reset, in megabytes. */
function peakOf({ pid }: Running): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

function resetPeak({ pid }: Running): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function tell(t: Test, figures: string): void {
  t.comment(figures)
  if (process.env.FIGURES) appendFileSync(process.env.FIGURES, `${t.fullname}: ${figures}\n`)
}
