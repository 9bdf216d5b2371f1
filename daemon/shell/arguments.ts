import { parseArgs } from 'node:util'
import { quoted } from '../shell_word.ts'

const DEFAULT_CONFIG = '/etc/helpdeskd/helpdeskd.toml'
const OPTIONS = {
  config: { type: 'string' },
  as: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** The command that the option --version stands for. */
export const VERSION = '--version'

/** The arguments of the program. */
export interface Invocation {
  readonly config: string
  /** The option that names this file in a command for people to copy; empty for the default file. */
  readonly option: string
  readonly json: boolean
  /** The username of the user in whose name a method is called; without it, the operator calls it. */
  readonly as: string | undefined
  readonly words: readonly string[]
}

/**
 * Reads the options; everything from the first word that is not an option, or after `--`, is the command. Gives a sentence if an option is
 * wrong.
 */
export function invocationOf(argv: readonly string[]): Invocation | string {
  let config = process.env.HELPDESKD_CONFIG || DEFAULT_CONFIG
  let json = false
  let as: string | undefined
  let own: readonly string[] = []
  // Not strict, since the words of a command may look like options.
  const { tokens } = parseArgs({ args: [...argv], options: OPTIONS, strict: false, tokens: true })
  const end = tokens.find(({ kind }) => kind !== 'option')
  const rest = end ? argv.slice(end.kind === 'positional' ? end.index : end.index + 1) : []
  for (const token of tokens) {
    if (token.kind !== 'option') break
    const { name, rawName, value } = token
    if (name === 'config') {
      if (!value) return 'The option --config needs the name of a file.'
      config = value
    } else if (name === 'as') {
      if (!value) return 'The option --as needs the username of a user.'
      as = value
    } else if (name !== 'json' && name !== 'help' && name !== 'version')
      return `There is no option ${JSON.stringify(rawName)}.`
    else if (value !== undefined) return `The option --${name} takes no value.`
    else if (name === 'json') json = true
    else own = [name === 'help' ? 'help' : VERSION]
  }
  const option = config === DEFAULT_CONFIG ? '' : ` --config ${quoted(config)}`
  return { config, option, json, as, words: [...own, ...rest] }
}
