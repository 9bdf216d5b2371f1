import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { Test } from 'tap'
import { runCommandLine } from '../daemon/cli.ts'
import { ReloadSignal } from '../daemon/reload_signal.ts'
import { endWith } from './ended.ts'
import type { Ended } from './program.ts'

/**
 * Gives a function that runs command lines of the program one after the other in one process, each with a standard input of its own: a
 * process for each would take 0.25 s to start. `under` is a program, with its arguments, that runs that process.
 */
export function commandLines(
  t: Test,
  under: readonly string[] = [],
): (words: readonly string[], input?: string) => Promise<Ended> {
  const [execPath = '', ...execArgv] = [...under, process.execPath]
  const child = fork(import.meta.filename, {
    execPath,
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  endWith(t, child)
  // What runs under another program ends with the channel.
  t.teardown(() => child.connected && child.disconnect())
  return async (words, input = '') => {
    child.send({ words, input })
    const [ended] = await once(child, 'message')
    return ended
  }
}

interface CommandLine {
  readonly words: readonly string[]
  readonly input: string
}

/** Runs a command line; gives what it writes. */
async function ended({ words, input }: CommandLine): Promise<Ended> {
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true })
  const [out, err]: [string[], string[]] = [[], []]
  for (const [stream, texts] of [
    [process.stdout, out],
    [process.stderr, err],
  ] as const) {
    stream.write = (text: string | Uint8Array) => {
      texts.push(String(text))
      return true
    }
  }
  const exit = await runCommandLine(words, new ReloadSignal())
  // The log is written when the current work ends.
  await new Promise(resolve => setImmediate(resolve))
  return { exit, out: out.join(''), err: err.join('') }
}

if (process.send && process.argv[1] === import.meta.filename) {
  // Each command line has a log, which is written when the process exits.
  process.setMaxListeners(0)
  process.on('message', async (line: CommandLine) => process.send!(await ended(line)))
}
