import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { absent } from '../data/disk.ts'
import { Failure } from '../data/failure.ts'
import { damagedJournals, tornTails } from '../data/json/torn_tail.ts'
import type { Config } from './config/config.ts'
import type { Events } from './log/events.ts'
import { connect, isReached } from './shell/client.ts'

/** How many lines about letters held back are shown. */
const MOST_SHOWN = 20

/**
 * Whether the daemon runs, the size of its snapshot and journals, what is kept of damaged journals, and the letters held back, as lines for
 * a person. Throws Failure `not_found` if there is no state directory.
 */
export async function status(config: Config, events: Events): Promise<string> {
  const directory = config.state_dir
  const names = await readdir(directory).catch(absent)
  if (!names)
    throw new Failure('not_found', `There is no state directory ${directory}; "helpdeskd init" creates it.`)
  const journals = names.filter(name => name.endsWith('.journal'))
  const tails = await tornTails(directory)
  const damaged = await damagedJournals(directory)
  const isRunning = await isReached(directory)
  return [
    isRunning ? 'The daemon is running.' : 'The daemon is not running.',
    `State directory: ${directory}`,
    `Snapshot: ${await bytesOf(directory, ['helpdesk.json'])} bytes`,
    `Journals: ${await bytesOf(directory, journals)} bytes in ${journals.length}`,
    ...(tails.length > 0 ? ['Half-written ends of journals, kept for 30 days:'] : []),
    ...(await linesOf(tails)),
    ...(damaged.length > 0 ? ['Damaged journals, kept for 30 days:'] : []),
    ...(await linesOf(damaged)),
    ...(isRunning ? await heldBackLines(directory, events) : []),
  ].join('\n')
}

/** The letters held back in the last day, asked from the daemon. */
async function heldBackLines(directory: string, events: Events): Promise<string[]> {
  const client = await connect(directory, events)
  try {
    const { says, gives } = await client.run({ method: 'list_held_back', params: {} })
    if (Array.isArray(gives) && gives.length === 0) return []
    const lines = says.split('\n').slice(0, MOST_SHOWN)
    return ['Letters held back in the last day, the newest first:', ...lines.map(line => `  ${line}`)]
  } finally {
    await client.close()
  }
}

async function bytesOf(directory: string, names: readonly string[]): Promise<number> {
  const found = await Promise.all(names.map(name => stat(join(directory, name)).catch(absent)))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/** Leaves out files that a running daemon removes meanwhile. */
async function linesOf(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(path => stat(path).catch(absent)))
  return paths.flatMap((path, place) => {
    const file = found[place]
    return file ? [`  ${path}: ${file.size} bytes, ${file.mtime.toISOString()}`] : []
  })
}
