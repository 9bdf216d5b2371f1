import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { styleText } from 'node:util'
import { Failure } from '../data/failure.ts'
import { CRASH_EXIT, meaningOf, sentenceOf, USAGE_EXIT } from './codes.ts'
import { programCommands, type Start } from './commands/program_commands.ts'
import { readConfig } from './config/config.ts'
import { hoursIn } from './config/hours.ts'
import { becomeOwner } from './drop_privileges.ts'
import { Events } from './log/events.ts'
import { journalPrefixes } from './log/journald.ts'
import { Log } from './log/log.ts'
import { standardError } from './log/log_buffer.ts'
import type { ReloadSignal } from './reload_signal.ts'
import { type Invocation, invocationOf, VERSION } from './shell/arguments.ts'
import { connect } from './shell/client.ts'
import { NotACommand } from './shell/not_a_command.ts'
import { hasColours, resultText } from './shell/output.ts'
import type { Done } from './shell/run.ts'
import { mendable } from './system_errors.ts'
import { ServiceManager } from './systemd/service_manager.ts'
import { version } from './version.ts'

// The reader of the output may go away, as in `helpdeskd help | head`; that is not an error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** Runs a command line; gives the exit code. Every error is written to standard error. */
export async function runCommandLine(argv: readonly string[], reloadSignal: ReloadSignal): Promise<number> {
  const invocation = invocationOf(argv)
  if (typeof invocation === 'string') return misused(invocation, { json: false })
  const [first] = invocation.words
  if (first !== 'serve') reloadSignal.release()
  if (first === undefined) return misused('The command is missing.', invocation)
  // A shell command logs errors only; its answer is the output.
  const events = new Events(new Log(standardError(), first === 'serve' ? 'info' : 'error'))
  const serviceManager = new ServiceManager()
  const config = () => readConfig(invocation.config)
  try {
    return await runWord(first, { invocation, events, reloadSignal, serviceManager, config })
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

async function runWord(word: string, start: Start): Promise<number> {
  const { invocation } = start
  if (word === VERSION) return print(`helpdeskd ${version()}`)
  const args = invocation.words.slice(1)
  const command = programCommands.get(word)
  if (command?.usage === word && args.length > 0)
    return misused(`The command ${word} takes no arguments.`, invocation)
  const result = await command?.run(start, args)
  if (result === undefined) return called(start)
  return typeof result === 'string' ? print(result) : told(result, invocation)
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

/** Calls a method. */
async function called({ invocation: { words, json, as }, config: read, events }: Start): Promise<number> {
  const { saidBy, withInput } = await import('./shell/command_line.ts')
  const said = saidBy(words)
  const config = read()
  await becomeOwner(config.state_dir)
  const command = await withInput(said)
  const client = await connect(config.state_dir, events, hoursIn(config))
  const done = await client.run({ ...command, as }).finally(() => client.close())
  // A reader that goes away, as `head` does, is no error.
  if (done.file === undefined || json || process.stdout.isTTY) return told(done, { json })
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
