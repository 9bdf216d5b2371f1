import { parseArgs } from 'node:util'
import { quoted } from '../shell_word.ts'

const DEFAULT_CONFIG = '/etc/helpdeskd/helpdeskd.toml'
const OPTIONS = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  as: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const
type OptionName = keyof typeof OPTIONS

/** An option of the command line: what it takes, its short form, and what it means. */
interface CommandLineOption {
  readonly takes?: string
  readonly short?: string
  readonly about: string
}
/** The options of the command line. */
export const commandLineOptions: Readonly<Record<OptionName, CommandLineOption>> = {
  config: {
    takes: 'FILE',
    about: `Read the configuration from this file, instead of $HELPDESKD_CONFIG or ${DEFAULT_CONFIG}.`,
  },
  json: { about: 'Write the result, or the sentence that refuses the command, as JSON for programs.' },
  as: {
    takes: 'USERNAME',
    about: 'Call the method in the name of this user, with the permissions of that user.',
  },
  help: { short: OPTIONS.help.short, about: 'List all commands, or describe the one that follows.' },
  version: { about: 'Show the version of the program.' },
}

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
