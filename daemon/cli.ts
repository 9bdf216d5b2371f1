// One thing: the command line. Each command of the program is a few lines, and loads what it alone needs.
import { createReadStream } from 'node:fs'
import { relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { styleText } from 'node:util'
import { Failure } from '../data/failure.ts'
import { CRASH_EXIT, meaningOf, sentenceOf, USAGE_EXIT } from './codes.ts'
import { type Config, readConfig } from './config/config.ts'
import { hoursIn } from './config/hours.ts'
import { becomeOwner } from './drop_privileges.ts'
import { Events } from './log/events.ts'
import { journalPrefixes } from './log/journald.ts'
import { Log } from './log/log.ts'
import { standardError } from './log/log_buffer.ts'
import type { ReloadSignal } from './reload_signal.ts'
import { type Invocation, invocationOf, VERSION } from './shell/arguments.ts'
import { type Client, connect, connectAtStart } from './shell/client.ts'
import { NotACommand } from './shell/not_a_command.ts'
import { hasColours, resultText } from './shell/output.ts'
import type { Done } from './shell/run.ts'
import { quoted } from './shell_word.ts'
import { mendable } from './system_errors.ts'
import { ServiceManager } from './systemd/service_manager.ts'
import { version } from './version.ts'

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
  [
    'print-config',
    {
      about: 'print every option with its value',
      run: async config => (await import('./config/print_config.ts')).printConfig(config),
    },
  ],
  [
    'status',
    {
      about: 'show what needs attention, doors, tickets, letters, disk and certificates on one screen',
      run: async (config, { events }) => (await import('./status_command.ts')).statusCommand(config, events),
    },
  ],
  [
    'repair',
    {
      about: 'drop what a damaged disk has lost, so that the daemon can start',
      run: async (config, { events }) => (await import('./recovery.ts')).repaired(config, events),
    },
  ],
  [
    'restored',
    {
      about: 'after restoring a backup: raise the numbers, so that none is used twice',
      run: async (config, { events }) => (await import('./recovery.ts')).numbersRaised(config, events),
    },
  ],
])
/** The commands with arguments. */
const asides = [
  {
    word: 'init',
    usage: 'init [ADDRESS]',
    about: 'add the first queue and the first user, an administrator with this mail address',
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
  { word: 'help', usage: 'help [TOPIC]', about: 'print this, or the help on a method' },
]

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
    if (first === 'help') return print(await help(rest))
    if (first === 'completion') return await completed(rest, invocation)
    if (first === 'replay') {
      const { replayCommand } = await import('./replay_command.ts')
      return await told(await replayCommand(readConfig(invocation.config), events, rest), invocation)
    }
    if (first === 'why' || first === 'proof') {
      const done = await aboutFile(first, rest, invocation, events)
      if (done) return await told(done, invocation)
    }
    if (first === 'init' && rest.length > 1) return misused('Write: init [ADDRESS].', invocation)
    if (first === 'init')
      return print(await initialized(readConfig(invocation.config), events, invocation, rest[0]))
    const command = own.get(first)
    if (!command) return await called(invocation, events)
    if (rest.length) return misused(`The command ${first} takes no arguments.`, invocation)
    const start = { invocation, events, reloadSignal, serviceManager }
    const result = await command.run(readConfig(invocation.config), start)
    return typeof result === 'string' ? print(result) : await told(result, invocation)
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

/** The help on a topic; without one, that of the program. */
async function help(topic: readonly string[]): Promise<string> {
  const { topics } = await import('../handlers/index.ts')
  const { helpText } = await import('../handlers/methods/help.ts')
  return topic.length ? helpText(topics, OPERATOR, topic.join(' ')) : usage(helpText(topics, OPERATOR))
}

function usage(methods: string): string {
  const lines = [
    ...[...own].map(([word, { about }]) => [word, about]),
    ...asides.map(({ usage, about }) => [usage, about]),
  ]
  return `helpdeskd [--config FILE] [--json] [--as USERNAME] COMMAND

${lines.map(([word, about]) => `  ${word!.padEnd(19)}  ${about}`).join('\n')}

or one of these, which the running daemon carries out, or this program itself if no daemon runs. The
operator calls them; with --as, the user of that name does.

${methods.replace(/^(?=.)/gm, '  ')}`
}

async function completed([shell = '', ...more]: readonly string[], invocation: Invocation): Promise<number> {
  const { completions } = await import('./shell/completion.ts')
  const script = more.length === 0 && Object.hasOwn(completions, shell) ? completions[shell] : undefined
  if (!script) return misused('The command completion takes the name of a shell: bash or zsh.', invocation)
  return print(script([...[...own].map(([word, { about }]) => ({ word, about })), ...asides]))
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
  const [{ checkConfig }, { LetterWords }, { mailRules }, { wordSourceIn }] = await Promise.all([
    import('./check_config/check_config.ts'),
    import('./mail/out/letters/letter_words.ts'),
    import('./config/mail_rules.ts'),
    import('./mail/word_source.ts'),
  ])
  const warnings = (await checkConfig(config, events)).map(sentence => `Warning: ${sentence}`)
  const { mistakes } = new LetterWords(wordSourceIn(config))
  if (mistakes.length > 0) throw new Failure('invalid', mistakes.join('\n'))
  return [...warnings, `${invocation.config} is valid.`, ...mailRules(config)].join('\n')
}

async function called({ words, json, as, config: file }: Invocation, events: Events): Promise<number> {
  const { saidBy, withInput } = await import('./shell/command_line.ts')
  const said = saidBy(words)
  const config = readConfig(file)
  await becomeOwner(config.state_dir)
  const command = await withInput(said)
  const client = await connect(config.state_dir, events, hoursIn(config))
  const done = await closing(client, client => client.run({ ...command, as }))
  const bytes = done.file !== undefined && !json && !process.stdout.isTTY
  // A reader that goes away, as `head` does, is no error.
  if (!bytes) return told(done, { json })
  const { pathOfFile } = await import('../data/json/open.ts')
  await pipeline(createReadStream(pathOfFile(config.state_dir, done.file)), process.stdout).catch(lost)
  return done.exit
}

/** Prints the result of a command, or the sentence that refuses it; gives the exit code. */
async function told(done: Done, { json }: Pick<Invocation, 'json'>): Promise<number> {
  if (done.exit === 0) print(json ? JSON.stringify(done.gives) : await resultText(done, process.stdout))
  else complain(done.says, { json })
  return done.exit
}

/** Throws Failure `not_found` for a file that is gone. */
function lost(error: NodeJS.ErrnoException): void {
  if (error.code === 'ENOENT') throw new Failure('not_found', 'The file no longer exists.')
  if (error.code !== 'EPIPE') throw error
}

async function initialized(
  config: Config,
  events: Events,
  invocation: Invocation,
  address: string | undefined,
): Promise<string> {
  await becomeOwner(config.state_dir)
  // When npm starts it, there is no helpdeskd in the PATH.
  const script = process.env.npm_lifecycle_event === 'start'
  const program = script ? `node ${quoted(relative('', process.argv[1]!))}` : 'helpdeskd'
  const { init } = await import('./init.ts')
  const client = await connectAtStart(config.state_dir, events)
  return closing(client, client => init(client, config, program + invocation.option, address))
}

/** What the program says about the mail in a file; undefined if the words name a mail of the helpdesk. */
async function aboutFile(
  word: 'why' | 'proof',
  rest: readonly string[],
  { config }: Invocation,
  events: Events,
): Promise<Done | undefined> {
  const { namesFile, proofFile, whyFile } = await import('./why_file.ts')
  if (word === 'proof') return proofFile(readConfig(config), events, rest)
  return namesFile(rest) ? whyFile(readConfig(config), events, rest[0]!) : undefined
}

async function closing<R>(client: Client, work: (client: Client) => Promise<R>): Promise<R> {
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

async function served(config: Config, start: Start): Promise<string> {
  await becomeOwner(config.state_dir, 'own')
  // Loaded here, since the doors take a while to load and a shell command does not need them.
  const { serve } = await import('./serve.ts')
  await serve(config, start.invocation.config, start)
  return ''
}
