import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { Failure } from '../../data/failure.ts'

const MOST_TRIES = 3

/** A terminal, on which somebody can be asked. */
export interface Terminal {
  readonly input: Readable
  readonly output: Writable
}

/** The terminal of this process; undefined if input or output is something else. */
export function ownTerminal(): Terminal | undefined {
  const { stdin: input, stdout: output } = process
  return input.isTTY && output.isTTY ? { input, output } : undefined
}

/**
 * Asks for the address of the first administrator; an empty line means `usual`. `valid` gives the address, or throws Failure: then its sentence
 * is shown, and the question comes again, a few times. Throws that Failure in the end, or Failure `invalid` if the input ends.
 */
export async function askAddress(
  { input, output }: Terminal,
  usual: string,
  valid: (text: string) => string,
): Promise<string> {
  const lines = createInterface({ input, output, terminal: true })
  const line = linesOf(lines)
  try {
    output.write(
      'The first user is an administrator. Letters about tickets that nobody else hears of, and about\ntroubles of the helpdesk, go to that address. Commands by mail must come from it.\n',
    )
    for (let tries = 1; ; tries++) {
      lines.setPrompt(`Mail address of the administrator [${usual}]: `)
      lines.prompt()
      const text = await line()
      if (text === undefined)
        throw new Failure('invalid', 'The address of the administrator is missing; write: init ADDRESS.')
      try {
        return text.trim() === '' ? usual : valid(text)
      } catch (error) {
        if (!(error instanceof Failure) || tries === MOST_TRIES) throw error
        output.write(`${error.message}\n`)
      }
    }
  } finally {
    lines.close()
  }
}

/** Gives the next line at each call; undefined at the end of the input, or at Ctrl-C. */
function linesOf(lines: ReturnType<typeof createInterface>): () => Promise<string | undefined> {
  const iterator = lines[Symbol.asyncIterator]()
  return async () => {
    const { value, done } = await iterator.next()
    return done ? undefined : value
  }
}
