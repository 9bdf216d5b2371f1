// One thing: the command line. Each command of the program is a few lines.
import { createReadStream, existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { styleText } from 'node:util'
import { Failure } from '../data/failure.ts'
import { openStore, pathOfFile, repairStore } from '../data/json/open.ts'
import { snapshotPath } from '../data/json/snapshot/snapshot.ts'
import { topics } from '../handlers/index.ts'
import { helpText } from '../handlers/methods/help.ts'
import { checkConfig } from './check_config/check_config.ts'
import { CRASH_EXIT, meaningOf, sentenceOf, USAGE_EXIT } from './codes.ts'
import { type Config, readConfig } from './config/config.ts'
import { hoursIn } from './config/hours.ts'
import { mailRules } from './config/mail_rules.ts'
import { printConfig } from './config/print_config.ts'
import { becomeOwner } from './drop_privileges.ts'
import { type InitOutput, initCommand } from './init_command.ts'
import { Events } from './log/events.ts'
import { journalPrefixes } from './log/journald.ts'
import { Log } from './log/log.ts'
import { standardError } from './log/log_buffer.ts'
import { storeEvents } from './log/store_events.ts'
import { LetterWords } from './mail/out/letters/letter_words.ts'
import { wordSourceIn } from './mail/word_source.ts'
import type { ReloadSignal } from './reload_signal.ts'
import { replayCommand } from './replay_command.ts'
import { restored } from './restored.ts'
import { type Invocation, invocationOf, VERSION } from './shell/arguments.ts'
import { type Client, connect } from './shell/client.ts'
import { NotACommand, saidBy, withInput } from './shell/command_line.ts'
import { hasColours, resultText } from './shell/output.ts'
import type { Done } from './shell/run.ts'
import { statusCommand } from './status_command.ts'
import { mendable } from './system_errors.ts'
import { ServiceManager } from './systemd/service_manager.ts'
import { version } from './version.ts'
import { namesFile, proofFile, whyFile } from './why_file.ts'

/** What the commands of the program work with. */
interface Start {
  readonly invocation: Invocation
  readonly events: Events
  readonly reloadSignal: ReloadSignal
  readonly serviceManager: ServiceManager
}
/** A command of the program that is not a method. It takes no arguments; its result is printed. */
interface Own {
  readonly about: string
  run(config: Config, start: Start): string | Promise<string | Done>
}
const own: ReadonlyMap<string, Own> = new Map<string, Own>([
  ['serve', { about: 'run the daemon', run: served }],
  [
    'check-config',
    { about: 'check what the daemon will meet with the config, and say what it makes of mail', run: checked },
  ],
  ['print-config', { about: 'print every option with its value', run: printConfig }],
  [
    'status',
    {
      about: 'show what needs attention, doors, tickets, letters, disk and certificates on one screen',
      run: (config, { events }) => statusCommand(config, events),
    },
  ],
  ['repair', { about: 'drop what a damaged disk has lost, so that the daemon can start', run: repaired }],
  [
    'restored',
    { about: 'after restoring a backup: raise the numbers, so that none is used twice', run: numbersRaised },
  ],
])
/** The commands with arguments. */
const asides = [
  {
    word: 'init',
    usage: 'init [ADDRESS] [--selftest]',
    about:
      'add the first queue and the first user, an administrator with this mail address; with --selftest, send a letter to the helpdesk itself',
  },
  {
    word: 'replay',
    usage: 'replay MAIL [--yes]',
    about: 'say what a received mail would do if it came again; with --yes, do it, once',
  },
  {
    word: 'why',
    usage: 'why FILE',
    about: 'say what the mail in a file would become; why <mail> is for a received mail',
  },
  {
    word: 'proof',
    usage: 'proof FILE [--ip ADDRESS]',
    about: 'say what each proof makes of the mail in a file, as if that address had sent it',
  },
  {
    word: 'completion',
    usage: 'completion SHELL',
    about: 'print the script that completes commands in bash or zsh',
  },
  { word: 'help', usage: 'help [TOPIC]', about: 'list all commands, or describe one topic or method' },
]

/** The commands of the program that are not methods: how they are called, and what they do. */
export const programCommands = [
  ...[...own].map(([word, { about }]) => ({ word, usage: word, about })),
  ...asides,
]

const OUTPUT: InitOutput = { print, note: sentence => process.stderr.write(`${sentence}\n`) }
/** Who reads the help of the program. */
const OPERATOR = { door: 'shell', actor: { kind: 'operator' } } as const

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
  const serviceManager = new ServiceManager()
  try {
    if (first === VERSION) return print(`helpdeskd ${version()}`)
    if (first === 'help') return print(rest.length ? helpText(topics, OPERATOR, rest.join(' ')) : usage())
    if (first === 'completion') return await completed(rest, invocation)
    if (first === 'replay')
      return told(await replayCommand(readConfig(invocation.config), events, rest), invocation)
    if (first === 'why' && namesFile(rest))
      return told(await whyFile(readConfig(invocation.config), events, rest[0]!), invocation)
    if (first === 'proof')
      return told(await proofFile(readConfig(invocation.config), events, rest), invocation)
    if (first === 'init')
      return told(await initCommand(readConfig(invocation.config), events, invocation, OUTPUT), {
        json: false,
      })
    const command = own.get(first)
    if (!command) return await called(invocation, events)
    if (rest.length) return misused(`The command ${first} takes no arguments.`, invocation)
    const start = { invocation, events, reloadSignal, serviceManager }
    const result = await command.run(readConfig(invocation.config), start)
    return typeof result === 'string' ? print(result) : told(result, invocation)
  } catch (thrown) {
    const error = mendable(thrown)
    const exit = error instanceof NotACommand ? USAGE_EXIT : meaningOf(error).exit
    if (exit === CRASH_EXIT) events.crashed(error)
    complain(sentenceOf(error), invocation)
    serviceManager.status(sentenceOf(error))
    return exit
  } finally {
    await serviceManager.close()
  }
}

function usage(): string {
  return `helpdeskd [--config FILE] [--json] [--as USERNAME] COMMAND

${programCommands.map(({ usage, about }) => `  ${usage.padEnd(19)}  ${about}`).join('\n')}

or one of these, which the running daemon carries out, or this program itself if no daemon runs. The
operator calls them; with --as, the user of that name does.

${helpText(topics, OPERATOR).replace(/^(?=.)/gm, '  ')}`
}

async function completed([shell = '', ...more]: readonly string[], invocation: Invocation): Promise<number> {
  const { completions } = await import('./shell/completion.ts')
  const script = more.length === 0 && Object.hasOwn(completions, shell) ? completions[shell] : undefined
  if (!script) return misused('The command completion takes the name of a shell: bash or zsh.', invocation)
  return print(script(programCommands))
}

function misused(sentence: string, invocation: Pick<Invocation, 'json'>): number {
  complain(`${sentence} "helpdeskd help" lists the commands.`, invocation)
  return USAGE_EXIT
}

/** Writes a sentence to standard error, with --json as JSON. */
function complain(sentence: string, { json }: Pick<Invocation, 'json'>): void {
  const text = json ? JSON.stringify({ error: sentence }) : sentence
  const prefixed = text.replace(/^/gm, journalPrefixes().error)
  process.stderr.write(
    `${hasColours(process.stderr) && !json ? styleText('red', prefixed, { validateStream: false }) : prefixed}\n`,
  )
}

function print(text: string): number {
  if (text) process.stdout.write(`${text.trimEnd()}\n`)
  return 0
}

async function checked(config: Config, { invocation, events }: Start): Promise<string> {
  await becomeOwner(config.state_dir)
  const found = await checkConfig(config, events)
  const warnings = found.warnings.map(sentence => `Warning: ${sentence}`)
  const { mistakes } = new LetterWords(wordSourceIn(config))
  if (mistakes.length > 0) throw new Failure('invalid', mistakes.join('\n'))
  return [...warnings, `${invocation.config} is valid.`, ...found.notes, ...mailRules(config)].join('\n')
}

async function called({ words, json, as, config: file }: Invocation, events: Events): Promise<number> {
  const said = saidBy(words)
  const config = readConfig(file)
  await becomeOwner(config.state_dir)
  const command = await withInput(said)
  const client = await connect(config.state_dir, events, hoursIn(config))
  const done = await closing(client, client => client.run({ ...command, as }))
  const bytes = done.file !== undefined && !json && !process.stdout.isTTY
  // A reader that goes away, as `head` does, is no error.
  if (bytes)
    await pipeline(createReadStream(pathOfFile(config.state_dir, done.file)), process.stdout).catch(lost)
  else told(done, { json })
  return done.exit
}

/** Prints the result of a command, or the sentence that refuses it; gives the exit code. */
function told(done: Done, { json }: Pick<Invocation, 'json'>): number {
  if (done.exit === 0) print(json ? JSON.stringify(done.gives) : resultText(done, process.stdout))
  else complain(done.says, { json })
  return done.exit
}

/** Throws Failure `not_found` for a file that is gone. */
function lost(error: NodeJS.ErrnoException): void {
  if (error.code === 'ENOENT') throw new Failure('not_found', 'The file no longer exists.')
  if (error.code !== 'EPIPE') throw error
}

async function closing<R>(client: Client, work: (client: Client) => Promise<R>): Promise<R> {
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

async function served(config: Config, start: Start): Promise<string> {
  await becomeOwner(config.state_dir, 'own')
  // Loaded here, since the doors take a while to load and a shell command does not need them.
  const { serve } = await import('./serve.ts')
  await serve(config, start.invocation.config, start)
  return ''
}
