import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { journals } from '../../data/json/journal_file.ts'
import type { Installation } from '../torture/process.ts'
import { base, loadProcess, type Probed, probed } from './children.ts'
import { type Figure, median, table } from './figure.ts'
import { filled, snapshotOf } from './fill.ts'

const CONNECTIONS = 32
const FEW = 1_000
const MANY = 100_000
const ROUNDS = 5
const SECONDS = 2
const WARM_SECONDS = 2
const MIB = 1024 * 1024

const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-bench-'))
try {
  process.stdout.write(`${await bench()}\n`)
} finally {
  rmSync(directory, { recursive: true })
}

async function bench(): Promise<string> {
  tell('filling two helpdesks')
  const few = await house('few', FEW)
  const many = await house('many', MANY)
  return [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${CONNECTIONS} connections, load from a process of its own.`,
    `Each speed is the median of ${ROUNDS} runs of ${SECONDS} s, all servers in turn; each call changes something.`,
    '',
    table([...(await startTimes(many)), ...(await speeds(few, many))]),
  ].join('\n')
}

function house(name: string, tickets: number): Promise<Installation> {
  const own = join(directory, name)
  mkdirSync(own)
  return filled(own, tickets)
}

async function startTimes(many: Installation): Promise<Figure[]> {
  tell('starting')
  const starts: number[] = []
  const parses: number[] = []
  for (let round = 0; round < 3; round++) {
    parses.push(parseMilliseconds(snapshotOf(many)))
    const daemon = await probed(many)
    starts.push(daemon.startMilliseconds)
    await daemon.end()
  }
  return [
    {
      what: `start with ${MANY} tickets (whole process, ${milliseconds(least(starts))}) ÷ a process that reads the same ${mebibytes(statSync(snapshotOf(many)).size)} with JSON.parse (${milliseconds(least(parses))}), the best of 3`,
      value: least(starts) / least(parses),
      most: 1.5,
    },
  ]
}

function least(values: readonly number[]): number {
  return Math.min(...values)
}

function parseMilliseconds(path: string): number {
  const started = performance.now()
  const script = 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))'
  execFileSync(process.execPath, ['-e', script, path])
  return performance.now() - started
}

async function speeds(few: Installation, many: Installation): Promise<Figure[]> {
  const small = await probed(few)
  const large = await probed(many)
  const load = loadProcess()
  const run = (port: number, path: string, tickets: number, seconds = SECONDS) =>
    load.run({ port, path, connections: CONNECTIONS, tickets, seconds })
  const ended: (() => unknown)[] = [() => small.end(), () => large.end(), () => load.end()]
  try {
    tell('warming up')
    await run(small.port, '/api', FEW, WARM_SECONDS)
    const bytes = await bytesOfCall(few)
    await run(large.port, '/api', MANY, WARM_SECONDS)
    const other = await base(directory, bytes)
    ended.push(() => other.end())
    await run(other.port, '/kept', FEW, WARM_SECONDS)
    await run(other.port, '/bare', FEW, WARM_SECONDS)

    const kinds = {
      few: () => run(small.port, '/api', FEW),
      kept: () => run(other.port, '/kept', FEW),
      many: () => run(large.port, '/api', MANY),
      bare: () => run(other.port, '/bare', FEW),
    }
    const rates = { few: [] as number[], kept: [] as number[], many: [] as number[], bare: [] as number[] }
    for (let round = 1; round <= ROUNDS; round++) {
      tell(`measuring speed, round ${round} of ${ROUNDS}`)
      for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
        const { perSecond, refused } = await kinds[kind]()
        if (refused) throw new Error(`${refused} calls were refused`)
        rates[kind].push(perSecond)
      }
    }
    const [fewRate, keptRate, manyRate, bareRate] = [rates.few, rates.kept, rates.many, rates.bare].map(
      median,
    )
    const names = {
      kept: `a polka handler that appends ${bytes} bytes and syncs in groups`,
      bare: 'a polka handler that only answers',
    }
    return [
      { what: `hold_ticket at ${FEW} tickets, calls a second`, value: fewRate! },
      { what: `hold_ticket at ${MANY} tickets, calls a second`, value: manyRate! },
      { what: `${names.kept}, calls a second`, value: keptRate! },
      { what: `${names.bare}, calls a second`, value: bareRate! },
      { what: `hold_ticket at ${FEW} ÷ ${names.kept}`, value: fewRate! / keptRate!, least: 0.8 },
      { what: `hold_ticket at ${MANY} ÷ ${names.kept}`, value: manyRate! / keptRate!, least: 0.8 },
      { what: `hold_ticket at ${FEW} ÷ ${names.bare}`, value: fewRate! / bareRate! },
      { what: `hold_ticket at ${MANY} ÷ at ${FEW}`, value: manyRate! / fewRate!, least: 0.9 },
      ...(await underLoad(large, many, seconds => run(large.port, '/api', MANY, seconds))),
    ]
  } finally {
    for (const end of ended.reverse()) await end()
  }
}

/** How many bytes a call adds to the journal: those of its last line. */
async function bytesOfCall({ state }: Installation): Promise<number> {
  const number = (await journals(state)).at(-1)
  const lines = readFileSync(join(state, `helpdesk.${number}.journal`), 'utf8')
    .trimEnd()
    .split('\n')
  const last = lines.at(-1)!
  if (!last.includes('"put"')) throw new Error(`journal ${number} holds no call yet`)
  return Buffer.byteLength(last) + 1
}

async function underLoad(
  daemon: Probed,
  house: Installation,
  run: (seconds: number) => Promise<unknown>,
): Promise<Figure[]> {
  tell('making checkpoints under load')
  const delays = []
  for (let round = 0; round < 3; round++) {
    const running = run(4)
    await new Promise(resolve => setTimeout(resolve, 500))
    delays.push(await daemon.checkpoint())
    await running
  }
  const { rss } = await daemon.memory()
  const { size } = statSync(snapshotOf(house))
  const took = median(delays.map(({ took }) => took))
  return [
    {
      what: `event-loop delay at p99.9 while a checkpoint of ${MANY} tickets goes on under load (${milliseconds(took)}), ms`,
      value: median(delays.map(({ p999 }) => p999)),
      most: 20,
    },
    {
      what: `memory after it (${mebibytes(rss)}) ÷ (3 × the snapshot of ${mebibytes(size)} + 150 MB)`,
      value: rss / (3 * size + 150e6),
      most: 1,
    },
  ]
}

function tell(what: string): void {
  process.stderr.write(`${what} …\n`)
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`
}
