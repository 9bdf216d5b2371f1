import { fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Failure, shown } from '../../data/failure.ts'
import type { Command } from '../../handlers/call.ts'
import { nearMiss, parseCommand, plainCommand, type Said, withBody } from '../../handlers/command.ts'

const STDIN = 0

/**
 * Reads the words behind the program's name as a command, in either form, with what it takes from standard input: the text of its
 * body, and each secret whose value is `-`. Throws Failure `invalid` for words that are none.
 */
export async function readCommand(words: readonly string[]): Promise<Command> {
  const [first = '', ...rest] = words
  const line = words.join(' ')
  const said = plainCommand(first, rest) ?? parseCommand(line)
  if (!said)
    throw nearMiss(line) ?? new Failure('invalid', `${shown(line)} is not understood; "help" lists what is.`)
  return withSecrets(
    said,
    said.body === undefined || !hasInput() ? said.command : withBody(said, await readAll()),
  )
}

async function withSecrets({ method }: Said, command: Command): Promise<Command> {
  const asked = Object.keys(command.params).filter(
    name => method.params[name]?.secret && command.params[name] === '-',
  )
  let { params } = command
  for (const name of asked) params = { ...params, [name]: await readSecret(name) }
  return { ...command, params }
}

/** A file or a pipe; a terminal or nothing at all has no text for us. */
function hasInput(): boolean {
  try {
    const input = fstatSync(STDIN)
    return input.isFile() || input.isFIFO() || input.isSocket()
  } catch {
    return false
  }
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** One line; asked for without showing it where somebody types. */
async function readSecret(name: string): Promise<string> {
  const terminal = process.stdin.isTTY === true
  if (terminal) process.stderr.write(`${name}: `)
  const lines = createInterface({ input: process.stdin, terminal })
  const [line] = await new Promise<string[]>(resolve => {
    lines.once('line', typed => resolve([typed]))
    lines.once('close', () => resolve([]))
  })
  lines.close()
  if (terminal) process.stderr.write('\n')
  if (line === undefined) throw new Failure('invalid', `${name} is missing; give it on standard input.`)
  return line
}
