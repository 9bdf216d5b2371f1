import { Failure, shown } from '../data/failure.ts'
import type { Command } from './call.ts'
import { type Grammar, grammarOf, readBy } from './grammar.ts'
import { methods } from './index.ts'
import type { Method } from './method.ts'
import { usageOf } from './usage.ts'

/** A line that is a command; `body` is the parameter that still takes the text beside it, if it has one. */
export interface Said {
  readonly command: Command
  readonly method: Method
  readonly body: string | undefined
}

const grammars: readonly Grammar[] = [...methods.values()]
  .map(grammarOf)
  .filter(grammar => grammar !== undefined)
const verbs = new Set<string>()
for (const { verb } of grammars) {
  if (verbs.has(verb)) throw new Error(`two methods have the verb ${verb}`)
  verbs.add(verb)
}

const PLAIN = /^[ \t]*([a-z]+(?:_[a-z]+)*)((?:[ \t]+[a-z_]+=(?:"(?:[^"\\]|\\.)*"|[^ \t"]*))*)[ \t]*$/
const PAIR = /([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^ \t"]*))/g
/** A subject is cut here: nothing longer is a command. */
export const LONGEST_COMMAND = 1000

/**
 * Reads one line as a command, by a grammar or in the plain form `METHOD key=value key="two words"`. Undefined where it is none;
 * throws Failure `invalid` for a plain form that gives a parameter twice.
 */
export function parseCommand(line: string): Said | undefined {
  for (const grammar of grammars) {
    const params = readBy(grammar, line)
    if (params) return said(grammar.method, params)
  }
  const [, name, rest = ''] = PLAIN.exec(line) ?? []
  const method = methods.get(name ?? '')
  if (!method) return undefined
  const pairs = [...rest.matchAll(PAIR)].map(([, key, quoted, bare]): [string, string] => [
    key!,
    quoted === undefined ? bare! : quoted.replace(/\\(.)/g, '$1'),
  ])
  return said(method, plainParams(pairs))
}

/** The plain form as a shell has taken it apart already: the method, then `key=value` words. */
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

/** The same command with the text beside it in its place. */
export function withBody({ command, body }: Said, text: string): Command {
  if (body === undefined || text.trim() === '') return command
  return { ...command, params: { ...command.params, [body]: text } }
}

/** Whether the command says which ticket it is about. */
export function namesTicket({ command, method }: Said): boolean {
  return Object.keys(command.params).some(name => method.params[name]?.namesTicket)
}

/** What is said to a line that was meant as a command and is none; undefined for a line that is more likely a person's words. */
export function nearMiss(line: string): Failure | undefined {
  const [first = '', ...rest] = line.trim().split(/[ \t]+/)
  const word = first.toLowerCase().replace(/:$/, '')
  const exact = methodFor(word)
  if (exact && (word.includes('_') || looksLikeSlots(rest))) return miss(line, exact)
  const meant = word.length < 3 ? undefined : nearest(word)
  if (!meant) return undefined
  const mended = line.trim().replace(first, first.endsWith(':') ? `${meant.verb}:` : meant.verb)
  return readBy(meant, mended) ? miss(line, meant.method) : undefined
}

function miss(line: string, method: Method): Failure {
  return new Failure('invalid', `${shown(line.trim())} is not understood. Write: ${usageOf(method)}`)
}

function methodFor(word: string): Method | undefined {
  return grammars.find(({ verb }) => verb === word)?.method ?? methods.get(word)
}

/** At most one word, and that with a digit in it: a ticket mistyped, not "hold the door". */
function looksLikeSlots(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 1 && /[0-9]/.test(words[0]!))
}

function nearest(word: string): Grammar | undefined {
  const [best] = grammars
    .map(grammar => ({ grammar, away: distance(word, grammar.verb) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away > 0 && best.away <= (word.length < 5 ? 1 : 2) ? best.grammar : undefined
}

/** How many letters to add, drop or replace (Levenshtein). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === b[j] ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1)!
}
