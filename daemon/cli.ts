// One thing: the command line. Each command of the program is a few lines.
import { createReadStream, existsSync } from 'node:fs'
import { relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../data/failure.ts'
import { openStore, pathOfFile, repairStore } from '../data/json/open.ts'
import { snapshotPath } from '../data/json/snapshot.ts'
import { methods } from '../handlers/index.ts'
import { helpText } from '../handlers/methods/help.ts'
import { CRASH_EXIT, meaningOf, sentenceOf, USAGE_EXIT } from './codes.ts'
import { type Config, printConfig, readConfig } from './config/config.ts'
import { becomeOwner } from './drop_privileges.ts'
import { init } from './init.ts'
import { Events } from './log/events.ts'
import { journalPrefixes } from './log/journald.ts'
import { Log } from './log/log.ts'
import { standardError } from './log/log_buffer.ts'
import { storeEvents } from './log/store_events.ts'
import { certificateOf } from './net/certificate.ts'
import type { ReloadSignal } from './reload_signal.ts'
import { restored } from './restored.ts'
import { type Invocation, invocationOf } from './shell/arguments.ts'
import { type Client, connect } from './shell/client.ts'
import { NotACommand, saidBy, withInput } from './shell/command_line.ts'
import { quoted } from './shell_word.ts'
import { status } from './status.ts'
import { mendable } from './system_errors.ts'

const USAGE = `helpdeskd [--config FILE] [--json] COMMAND

  serve          run the daemon
  init           add the first queue and the first user
  check-config   check the config file
  print-config   print every option with its value
  status         say whether the daemon runs, how large its journals are, and what was held back
  repair         drop what a damaged disk has lost, so that the daemon can start
  restored       after restoring a backup: raise the numbers, so that none is used twice
  help [TOPIC]   print this, or the help on a method

or one of these, which the running daemon carries out, or this program itself if no daemon runs:
`
/** What the commands of the program work with. */
interface Start {
  readonly invocation: Invocation
  readonly events: Events
  readonly reloadSignal: ReloadSignal
}
type Own = (config: Config, start: Start) => string | Promise<string>
/** The commands of the program that are not methods. They take no arguments; their result is printed. */
const own: ReadonlyMap<string, Own> = new Map<string, Own>([
  ['check-config', checked],
  ['print-config', printConfig],
  ['serve', served],
  ['init', initialized],
  ['status', (config, { events }) => status(config, events)],
  ['repair', repaired],
  ['restored', numbersRaised],
])

// The reader of the output may go away, as in `helpdeskd help | head`; that is not an error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** Runs a command line; gives the exit code. Every error is written to standard error. */
export async function runCommandLine(argv: readonly string[], reloadSignal: ReloadSignal): Promise<number> {
  const invocation = invocationOf(argv)
  if (typeof invocation === 'string') return misused(invocation, { json: false })
  const [first, ...rest] = invocation.words
  if (first !== 'serve') reloadSignal.release()
  if (first === undefined) return misused('The command is missing.', invocation)
  // A shell command logs errors only; its answer is the output.
  const events = new Events(new Log(standardError(), first === 'serve' ? 'info' : 'error'))
  try {
    if (first === 'help') return print(rest.length ? helpText(methods, 'shell', rest.join(' ')) : usage())
    const command = own.get(first)
    if (!command) return await called(invocation, events)
    if (rest.length) return misused(`The command ${first} takes no arguments.`, invocation)
    return print(await command(readConfig(invocation.config), { invocation, events, reloadSignal }))
  } catch (thrown) {
    const error = mendable(thrown)
    const exit = error instanceof NotACommand ? USAGE_EXIT : meaningOf(error).exit
    if (exit === CRASH_EXIT) events.crashed(error)
    complain(sentenceOf(error), invocation)
    return exit
  }
}

function usage(): string {
  return `${USAGE}\n${helpText(methods, 'shell').replace(/^(?=.)/gm, '  ')}`
}

function misused(sentence: string, invocation: Pick<Invocation, 'json'>): number {
  complain(`${sentence} "helpdeskd help" lists the commands.`, invocation)
  return USAGE_EXIT
}

/** Writes a sentence to standard error, with --json as JSON. */
function complain(sentence: string, { json }: Pick<Invocation, 'json'>): void {
  const text = json ? JSON.stringify({ error: sentence }) : sentence
  process.stderr.write(`${text.replace(/^/gm, journalPrefixes().error)}\n`)
}

function print(text: string): number {
  if (text) process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

function checked(config: Config, { invocation }: Start): string {
  for (const section of ['http', 'smtp'] as const) certificateOf(config, section)
  return `${invocation.config} is valid.`
}

async function called({ words, json, config: file }: Invocation, events: Events): Promise<number> {
  const said = saidBy(words)
  const config = readConfig(file)
  await becomeOwner(config.state_dir)
  const command = await withInput(said)
  const { exit, says, gives, file: asked } = await withClient(config, events, client => client.run(command))
  const bytes = asked !== undefined && !json && !process.stdout.isTTY
  // A reader that goes away, as `head` does, is no error.
  if (bytes) await pipeline(createReadStream(pathOfFile(config.state_dir, asked)), process.stdout).catch(lost)
  else if (exit === 0) process.stdout.write(`${json ? JSON.stringify(gives) : says}\n`)
  else complain(says, { json })
  return exit
}

/** Throws Failure `not_found` for a file that is gone. */
function lost(error: NodeJS.ErrnoException): void {
  if (error.code === 'ENOENT') throw new Failure('not_found', 'The file no longer exists.')
  if (error.code !== 'EPIPE') throw error
}

async function initialized(config: Config, { invocation, events }: Start): Promise<string> {
  await becomeOwner(config.state_dir)
  // When npm starts it, there is no helpdeskd in the PATH.
  const script = process.env.npm_lifecycle_event === 'start'
  const program = script ? `node ${quoted(relative('', process.argv[1]!))}` : 'helpdeskd'
  return withClient(config, events, client => init(client, config, program + invocation.option))
}

async function withClient<R>(
  config: Config,
  events: Events,
  work: (client: Client) => Promise<R>,
): Promise<R> {
  const client = await connect(config.state_dir, events)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

async function repaired(config: Config, { events }: Start): Promise<string> {
  await becomeOwner(config.state_dir)
  const flaws = await repairStore(config.state_dir, storeEvents(events))
  if (flaws.length === 0) return 'Nothing is damaged.'
  const lines = flaws.map(({ journal, offset, first, last }) => {
    const place = offset === undefined ? 'which is missing' : `byte ${offset}`
    const beginning = offset === undefined ? 'an unknown number of commits' : 'its beginning'
    return `helpdesk.${journal}.journal, ${place}: ${last < first ? beginning : `commits ${first} to ${last}`}`
  })
  return `These parts could not be read and are lost:\n${lines.join('\n')}\nThe damaged journals are kept for 30 days beside the others, as *.damaged.`
}

async function numbersRaised({ state_dir: directory }: Config, { events }: Start): Promise<string> {
  await becomeOwner(directory)
  if (!existsSync(snapshotPath(directory)))
    throw new Failure('not_found', `There is no helpdesk in ${directory}; restore a backup first.`)
  const store = await openStore(directory, storeEvents(events))
  try {
    const { id, before, after } = await restored(store, new Date().toISOString())
    const lines = Object.keys(after).map(
      table => `${table}: was at ${before[table]}, continues above ${after[table]}`,
    )
    return `No number that was used after the backup is used again:\n${lines.join('\n')}\nThis is epoch ${id}.`
  } finally {
    await store.close()
  }
}

async function served(config: Config, { events, reloadSignal }: Start): Promise<string> {
  await becomeOwner(config.state_dir)
  // Loaded here, since the doors take a while to load and a shell command does not need them.
  const { serve } = await import('./serve.ts')
  await serve(config, events, reloadSignal)
  return ''
}
