import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Installation } from '../torture/process.ts'
import { base, loadProcess, probed } from './children.ts'
import { type Figure, table } from './figure.ts'
import { filled } from './fill.ts'
import { lists } from './lists.ts'
import { mail } from './mail.ts'
import type { Off } from './off.ts'
import { parsing } from './parsing.ts'
import { prices } from './prices.ts'
import { tell } from './rates.ts'
import { HOW, speeds } from './speeds.ts'
import { startTimes } from './start_times.ts'
import { underLoad } from './under_load.ts'

const CONNECTIONS = 32
const FEW = 1_000
const MANY = 100_000

const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-bench-'))
try {
  process.stdout.write(`${await asked(process.argv[2])}\n`)
} finally {
  rmSync(directory, { recursive: true })
}

/** `npm run bench lists`, `mail` and `parsing` measure only these. */
async function asked(part: string | undefined): Promise<string> {
  if (part === 'lists') return table(await listFigures())
  if (part === 'mail') return table(await mailFigures())
  return part === 'parsing' ? table(await parsing()) : bench()
}

async function bench(): Promise<string> {
  tell('filling two helpdesks')
  const few = await house('few', FEW)
  const many = await house('many', MANY)
  const started = await startTimes(many, MANY)
  const measured = [
    ...(await measure(few, many)),
    ...(await mailFigures()),
    ...(await listFigures()),
    ...(await parsing()),
  ]
  return [
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${CONNECTIONS} connections, load from another process.`,
    HOW,
    '',
    table([...started, ...measured]),
  ].join('\n')
}

function listFigures(): Promise<Figure[]> {
  return lists(join(directory, 'lists'), MANY)
}

function mailFigures(): Promise<Figure[]> {
  return mail(join(directory, 'mail'), FEW, MANY)
}

function house(name: string, tickets: number): Promise<Installation> {
  const own = join(directory, name)
  mkdirSync(own)
  return filled(own, tickets)
}

async function measure(few: Installation, many: Installation): Promise<Figure[]> {
  const ended: (() => unknown)[] = []
  const kept = <S extends { end(): unknown }>(started: S): S => {
    ended.push(() => started.end())
    return started
  }
  try {
    const load = kept(loadProcess())
    const small = { daemon: kept(await probed(few)), house: few, tickets: FEW }
    const large = { daemon: kept(await probed(many)), house: many, tickets: MANY }
    const polka = async (bytes: number) => kept(await base(directory, bytes))
    const figures = await speeds(small, large, polka, load, CONNECTIONS)
    const { port } = large.daemon
    const run = (seconds: number) =>
      load.run({ call: 'hold', port, path: '/api', connections: CONNECTIONS, tickets: MANY, seconds })
    figures.push(...(await underLoad(large.daemon, many, MANY, run)))
    const without = async (off?: Off) =>
      kept(await probed(await house(`without-${off ?? 'nothing'}`, FEW), off ? { off } : {}))
    figures.push(...(await prices(without, FEW, load, CONNECTIONS)))
    return figures
  } finally {
    for (const end of ended.reverse()) await end()
  }
}
