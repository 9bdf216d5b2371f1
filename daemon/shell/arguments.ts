import { quoted } from '../shell_word.ts'

const DEFAULT_CONFIG = '/etc/helpdeskd/helpdeskd.toml'

/** What the program was called with. */
export interface Invocation {
  readonly config: string
  /** How to name that file when telling somebody what to call; empty where it is the usual one. */
  readonly option: string
  readonly json: boolean
  readonly words: readonly string[]
}

/** Takes the options off; from the first word that is none, all is the command's. A sentence where an option is wrong. */
export function invocationOf(argv: readonly string[]): Invocation | string {
  let config = process.env.HELPDESKD_CONFIG || DEFAULT_CONFIG
  let json = false
  const rest = [...argv]
  while (rest[0]?.startsWith('-')) {
    const word = rest.shift()!
    if (word === '--json') json = true
    else if (word === '--help' || word === '-h') rest.unshift('help')
    else if (word.startsWith('--config')) {
      const file = word === '--config' ? rest.shift() : /^--config=(.*)$/s.exec(word)?.[1]
      if (!file) return 'The option --config needs the name of a file behind it.'
      config = file
    } else return `There is no option ${JSON.stringify(word)}.`
  }
  const option = config === DEFAULT_CONFIG ? '' : ` --config ${quoted(config)}`
  return { config, option, json, words: rest }
}
