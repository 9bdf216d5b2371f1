import type { Command } from '../../handlers/call.ts'
import {
  commandWithBody,
  parseCommand,
  plainCommand,
  type Said,
  shownLine,
} from '../../handlers/command/command.ts'
import { nearMiss, wrongUse } from '../../handlers/command/near_miss.ts'
import { type Input, standardInput } from './input.ts'
import { NotACommand } from './not_a_command.ts'

/**
 * Reads the words of a command line as a command, in either form. Throws NotACommand, and Failure `invalid` if a parameter is given twice.
 */
export function saidBy(words: readonly string[]): Said {
  const [first = '', ...rest] = words
  const line = words.join(' ')
  const said = plainCommand(first, rest) ?? parseCommand(line)
  if (said) return said
  const sentence =
    (nearMiss(line) ?? wrongUse(line))?.message ??
    `${shownLine(line)} is not understood; "help" lists the commands.`
  throw new NotACommand('invalid', sentence)
}

/**
 * The command with what it reads from standard input: the text of its body, and each secret whose value is `-`. Throws Failure `invalid`
 * for a missing secret, and `too_large` for a text over 25 MiB.
 */
export async function withInput(said: Said, input: Input = standardInput): Promise<Command> {
  const { body } = said.method
  const isInLine = body === undefined || Object.hasOwn(said.command.params, body)
  const command = isInLine ? said.command : commandWithBody(said, await input.text())
  return withSecrets(said, command, input)
}

async function withSecrets({ method }: Said, command: Command, input: Input): Promise<Command> {
  const asked = Object.keys(command.params).filter(
    name => Object.hasOwn(method.params, name) && method.params[name]!.secret && command.params[name] === '-',
  )
  let { params } = command
  for (const name of asked) params = { ...params, [name]: await input.secret(name) }
  return { ...command, params }
}
