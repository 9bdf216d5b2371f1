import { Failure, shown } from '../../data/failure.ts'
import { VISIBLE } from '../../data/invisible.ts'
import { withoutSecrets } from '../../data/secret_words.ts'
import type { Command } from '../call.ts'
import { grammars, methods } from '../index.ts'
import type { Method } from '../method.ts'
import { DRY_RUN } from '../precautions.ts'
import type { ParamValue } from '../value.ts'
import { readBy } from './grammar.ts'

type With<V extends ParamValue> = Command & { readonly params: Readonly<Record<string, V>> }
/** A line that is a command. */
export interface Said {
  readonly command: With<string>
  readonly method: Method
  /** The line begins with `test`, so it is a dry run. */
  readonly isTest?: true
  /** One of several: the line as a sentence may show it. */
  readonly line?: string
}

const NAME = /^[ \t]*([a-z]+(?:_[a-z]+)*)/
/** What makes a dry run of the rest of the line. */
const TEST = /^[ \t]*test[ \t]+/i
const PAIR = /[ \t]+([a-z_]+)=(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|([^ \t"]*))/y
const END = /[ \t]*$/y
/** In characters. A longer subject is not read as a command. */
export const LONGEST_COMMAND = 1000

/**
 * Parses one line as a command, by a grammar or in the plain form `METHOD key=value key="two words"`; `test` before it makes a dry run.
 * Gives undefined if the line is not a command. Throws Failure `invalid` for a plain form that gives a parameter twice.
 */
export function parseCommand(line: string): Said | undefined {
  const test = TEST.exec(line)?.[0]
  const said = parsedLine(line.slice(test?.length ?? 0))
  return said && test !== undefined ? { ...dryRunOf(said), isTest: true } : said
}

/** The dry run of a command. A method that only reads needs none. */
export function dryRunOf({ command, method }: Said): Said {
  return method.reads ? { command, method } : said(method, { ...command.params, [DRY_RUN]: 'y' })
}

function parsedLine(line: string): Said | undefined {
  for (const grammar of grammars) {
    const params = readBy(grammar, line)
    if (params) return said(grammar.method, params)
  }
  const [head, name = ''] = NAME.exec(line) ?? ['']
  const method = methods.get(name)
  const pairs = method && pairsOf(line, head.length)
  return pairs && said(method, plainParams(pairs))
}

/** The `key=value` pairs from an index to the end of the line; undefined if anything else is there. */
function pairsOf(line: string, from: number): [string, string][] | undefined {
  const pairs: [string, string][] = []
  let at = from
  for (;;) {
    PAIR.lastIndex = at
    const [pair, key, quoted, bare] = PAIR.exec(line) ?? []
    if (pair === undefined) break
    pairs.push([key!, quoted === undefined ? bare! : quoted.replace(/\\([\s\S])/g, '$1')])
    at += pair.length
  }
  END.lastIndex = at
  return END.test(line) ? pairs : undefined
}

/** The plain form as a shell has split it: the method, then `key=value` words. Throws Failure `invalid` as `parseCommand` does. */
export function plainCommand(name: string, words: readonly string[]): Said | undefined {
  const method = methods.get(name)
  const pairs = words.map(word => /^([a-z_]+)=(.*)$/s.exec(word))
  if (!method || pairs.includes(null)) return undefined
  return said(method, plainParams(pairs.map(pair => [pair![1]!, pair![2]!])))
}

function said(method: Method, params: Record<string, string>): Said {
  return { command: { method: method.name, params }, method }
}

function plainParams(pairs: readonly [string, string][]): Record<string, string> {
  const params: Record<string, string> = Object.create(null)
  for (const [key, value] of pairs) {
    if (Object.hasOwn(params, key))
      throw new Failure('invalid', `${shown(key)} is given twice; give it once.`)
    params[key] = value
  }
  return params
}

/**
 * The command with a text as its body. If the line gives that parameter, too, both are kept: first the line's words, then the text.
 * Unchanged for a blank text and for a method without a body.
 */
export function commandWithBody({ command, method }: Said, text: string): With<string> {
  const body = method.body ?? method.mailBody
  if (body === undefined || !VISIBLE.test(text)) return command
  const before = command.params[body]
  return { ...command, params: { ...command.params, [body]: before ? `${before}\n\n${text}` : text } }
}

/** The command of a method's example. Throws an Error if the example's command calls another method. */
export function exampleCall({ name, example }: Method): With<string> {
  const said = parseCommand(example.command)
  if (said?.method.name !== name) throw new Error(`the example of ${name} calls another method`)
  return commandWithBody(said, example.body ?? '')
}

/** Whether the command names a ticket. */
export function namesTicket({ command, method }: Said): boolean {
  return Object.keys(command.params).some(name => method.params[name]?.namesTicket)
}

/** The number of the ticket that the command names; undefined if it names none, or not by number. */
export function ticketOf({ command, method }: Said): number | undefined {
  const name = Object.keys(command.params).find(key => method.params[key]?.namesTicket)
  const id = Number(name === undefined ? Number.NaN : command.params[name])
  return Number.isSafeInteger(id) ? id : undefined
}

/** A line that is not a command, as a sentence may show it: without its values, since one might be a password. */
export function shownLine(line: string): string {
  return shown(withoutSecrets(line.trim().replace(/=[\s\S]*/, '=…')))
}
