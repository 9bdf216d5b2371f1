#!/usr/bin/env node
import { relative } from 'node:path'
import { repairStore } from '../data/json/open.ts'
import { helpText } from '../handlers/help.ts'
import { methods } from '../handlers/index.ts'
import { meaningOf, sentenceOf } from './codes.ts'
import { type Config, printConfig, readConfig } from './config.ts'
import { startDaemon } from './daemon.ts'
import { events, logErrorsOnly } from './events.ts'
import { init } from './init.ts'
import { becomeOwner } from './owner.ts'
import { connect } from './shell/client.ts'
import { readCommand } from './shell/line.ts'
import { storeEvents } from './store_events.ts'

const CRASH_EXIT = 70
const USAGE_EXIT = 64
const DEFAULT_CONFIG = '/etc/helpdeskd/helpdeskd.toml'
const USAGE = `helpdeskd [--config FILE] [--json] COMMAND

  serve          run the daemon
  init           make the first queue and the first user
  check-config   say whether the config file is right
  print-config   show every option with its value
  repair         go on without what a damaged disk has lost
  help [TOPIC]   show this, or all about a method

or one of these, answered by the running daemon, or on its state directory when it does not run:
`

interface Invocation {
  readonly config: string
  readonly json: boolean
  readonly words: readonly string[]
}

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const invocation = invocationOf(argv)
  if (!invocation) return usage(USAGE_EXIT)
  const [first, ...rest] = invocation.words
  if (first === undefined) return usage(USAGE_EXIT)
  try {
    if (first === 'help') return rest.length ? print(helpText(methods, 'shell', rest.join(' '))) : usage(0)
    const config = readConfig(invocation.config)
    if (first === 'check-config') return print(`${invocation.config} is right.`)
    if (first === 'print-config') return print(printConfig(config))
    becomeOwner(config.state_dir)
    if (first === 'serve') return await serve(config)
    logErrorsOnly()
    if (first === 'repair') return await repair(config)
    if (first === 'init') return await initialise(config, invocation.config)
    return await command(config, invocation)
  } catch (error) {
    const { exit } = meaningOf(error)
    if (exit === CRASH_EXIT) events.crashed(error)
    process.stderr.write(`${sentenceOf(error)}\n`)
    return exit
  }
}

function invocationOf(argv: readonly string[]): Invocation | undefined {
  let config = process.env.HELPDESKD_CONFIG ?? DEFAULT_CONFIG
  let json = false
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--json') json = true
    else if (word.startsWith('--config=')) config = word.slice('--config='.length)
    else if (word === '--config' && argv[at + 1] !== undefined) config = argv[++at]!
    else if (word === '--help') return { config, json, words: ['help'] }
    else if (word.startsWith('-')) return undefined
    else return { config, json, words: argv.slice(at) }
  }
  return { config, json, words: [] }
}

function usage(exit: number): number {
  const out = exit === 0 ? process.stdout : process.stderr
  out.write(`${USAGE}\n${helpText(methods, 'shell').replace(/^/gm, '  ')}\n`)
  return exit
}

function print(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

async function command(config: Config, { words, json }: Invocation): Promise<number> {
  const command = await readCommand(words)
  const client = await connect(config.state_dir)
  try {
    const { exit, says, gives } = await client.run(command)
    const told = json ? JSON.stringify(exit === 0 ? gives : { error: says }) : says
    ;(exit === 0 ? process.stdout : process.stderr).write(`${told}\n`)
    return exit
  } finally {
    await client.close()
  }
}

async function initialise(config: Config, file: string): Promise<number> {
  const client = await connect(config.state_dir)
  try {
    const program =
      process.env.npm_lifecycle_event === 'start' ? `node ${relative('', process.argv[1]!)}` : 'helpdeskd'
    return print(
      await init(client, config, file === DEFAULT_CONFIG ? program : `${program} --config ${file}`),
    )
  } finally {
    await client.close()
  }
}

async function repair(config: Config): Promise<number> {
  const flaws = await repairStore(config.state_dir, storeEvents)
  if (flaws.length === 0) return print('Nothing is damaged.')
  const lines = flaws.map(
    ({ journal, offset, first, last }) =>
      `helpdesk.${journal}.journal, byte ${offset}: ${last < first ? 'its beginning' : `commits ${first} to ${last}`}`,
  )
  return print(
    `Could not be read, and is lost:\n${lines.join('\n')}\nThe damaged journals are kept beside the others, as *.damaged.`,
  )
}

/** Runs until a signal; resolves when all is put away. */
async function serve(config: Config): Promise<number> {
  // A bug leaves nobody knows what behind: say so and let the service manager start it anew. What was answered is on disk.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, error => {
      events.crashed(error)
      process.exit(CRASH_EXIT)
    })
  }
  const daemon = await startDaemon(config)
  events.started({ http: daemon.httpPort, smtp: daemon.smtpPort, state_dir: config.state_dir })
  const signal = await new Promise<string>(resolve => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
  })
  events.stopping(signal)
  await daemon.stop()
  events.stopped()
  return 0
}
