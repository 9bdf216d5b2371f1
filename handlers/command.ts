import { Failure, shown } from '../data/failure.ts'
import type { Command } from './call.ts'
import { type Grammar, readBy } from './grammar.ts'
import { grammars, methods } from './index.ts'
import type { Method } from './method.ts'
import { usageOf } from './usage.ts'

/** A line that is a command; `body` is the parameter that still takes the text beside it, if it has one. */
export interface Said {
  readonly command: Command
  readonly method: Method
  readonly body: string | undefined
}

const NAME = /^[ \t]*([a-z]+(?:_[a-z]+)*)/
const PAIR = /[ \t]+([a-z_]+)=(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|([^ \t"]*))/y
const END = /[ \t]*$/y
const secrets = [...methods.values()].flatMap(({ params }) =>
  Object.keys(params).filter(name => params[name]!.secret),
)
/** Up to the next parameter or the end, since a password may hold blanks that nobody quoted. */
const SECRET = new RegExp(
  `\\b(${[...new Set([...secrets, 'password'])].join('|')})\\s*=.*?(?=\\s[a-z_]+=|$)`,
  'gis',
)
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
  const [head, name = ''] = NAME.exec(line) ?? ['']
  const method = methods.get(name)
  const pairs = method && pairsOf(line, head.length)
  return pairs && said(method, plainParams(pairs))
}

/** Pair after pair from a place to the end of the line; undefined where there is anything else. */
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

/** The number of the ticket that it is about; undefined where it names none, or no number. */
export function ticketOf({ command, method }: Said): number | undefined {
  const name = Object.keys(command.params).find(key => method.params[key]?.namesTicket)
  const id = Number(name === undefined ? Number.NaN : command.params[name])
  return Number.isSafeInteger(id) ? id : undefined
}

/** What is said to a line that was meant as a command and is none; undefined for a line that is more likely a person's words. */
export function nearMiss(line: string): Failure | undefined {
  const [first = '', ...rest] = line.trim().split(/[ \t]+/)
  const word = first.toLowerCase().replace(/:$/, '')
  const exact = methodFor(word)
  if (exact && (word.includes('_') || looksLikeSlots(rest))) return miss(line, exact, wrongSlot(exact, rest))
  const meant = word.length < 3 ? undefined : nearest(word)
  if (!meant) return undefined
  const mended = line.trim().replace(first, first.endsWith(':') ? `${meant.verb}:` : meant.verb)
  return readBy(meant, mended) ? miss(line, meant.method) : undefined
}

/** A line that is no command, as a sentence may show it: without its values, one of which might be a password. */
export function shownLine(line: string): string {
  return shown(line.trim().replace(/=[\s\S]*/, '=…'))
}

/** A line without the values of its secrets, for what is kept and sent of it. */
export function withoutSecrets(line: string): string {
  return line.replace(SECRET, '$1=…')
}

function miss(line: string, method: Method, why?: string): Failure {
  return new Failure('invalid', `${why ?? `${shownLine(line)} is not understood.`} Write: ${usageOf(method)}`)
}

/** What is wrong with the one word behind a verb, where its kind can say so. */
function wrongSlot({ command, params }: Method, [word]: readonly string[]): string | undefined {
  const [, slot] = /^\w+ <(\w+)>/.exec(command ?? '') ?? []
  if (slot === undefined || word === undefined || word.includes('=')) return undefined
  try {
    params[slot]!.parse(word)
    return undefined
  } catch (error) {
    return error instanceof Failure ? `${slot}: ${error.message}` : undefined
  }
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
  return best && best.away > 0 && best.away <= (word.length < 6 ? 1 : 2) ? best.grammar : undefined
}

/** How many letters to add, drop, replace, or change places with the next (optimal string alignment); 3 for any more than 2. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j] ? before[j - 1]! + 1 : 3
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1), swapped))
    }
    before = row
    row = next
  }
  return Math.min(3, row.at(-1)!)
}
