import { Failure, shown } from '../../data/failure.ts'
import { VISIBLE } from '../../data/invisible.ts'
import { withoutSecrets } from '../../data/secret_words.ts'
import type { Command } from '../call.ts'
import { grammars, methods } from '../index.ts'
import type { Method } from '../method.ts'
import type { ParamValue } from '../value.ts'
import { readBy } from './grammar.ts'

type With<V extends ParamValue> = Command & { readonly params: Readonly<Record<string, V>> }
/** A line that is a command. `body` names the parameter that takes the mail's text or standard input; undefined if none is left. */
export interface Said {
  readonly command: With<string>
  readonly method: Method
  readonly body: string | undefined
}

const NAME = /^[ \t]*([a-z]+(?:_[a-z]+)*)/
const PAIR = /[ \t]+([a-z_]+)=(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|([^ \t"]*))/y
const END = /[ \t]*$/y
/** In characters. A longer subject is not read as a command. */
export const LONGEST_COMMAND = 1000

/**
 * Parses one line as a command, by a grammar or in the plain form `METHOD key=value key="two words"`. Gives undefined if the line is not
 * a command. Throws Failure `invalid` for a plain form that gives a parameter twice.
 */
export function parseCommand(line: string): Said | undefined {
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
  const body = method.body !== undefined && !Object.hasOwn(params, method.body) ? method.body : undefined
  return { command: { method: method.name, params }, method, body }
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

/** The command with the mail's text or standard input as its `body` parameter; unchanged if the text is blank. */
export function commandWithBody<V extends ParamValue>({ command, body }: Said, text: V): With<string | V> {
  if (body === undefined || (typeof text === 'string' && !VISIBLE.test(text))) return command
  return { ...command, params: { ...command.params, [body]: text } }
}

/** The command of a method's example. Throws an Error if the example's command calls another method. */
export function exampleCall({ name, example }: Method): With<string> {
  const said = parseCommand(example.command)
  if (said?.method.name !== name) throw new Error(`the example of ${name} calls another method`)
  return commandWithBody<string>(said, example.body ?? '')
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
