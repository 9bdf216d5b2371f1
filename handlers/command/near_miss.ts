import { Failure } from '../../data/failure.ts'
import { grammars, methods } from '../index.ts'
import { grammarTexts, type Method } from '../method.ts'
import { shownLine } from './command.ts'
import { readBy } from './grammar.ts'
import { usagesOf } from './usage.ts'

/** In characters, of a verb that must be spelled right. */
const SHORT = 3
const NUMBER = /^#?[0-9]+$/
/** A grammar with a required word after the ticket. */
const GOES_ON = / <ticket> [<a-z]/

/** The refusal of a line that looks like a mistyped command; undefined for a line that is more likely ordinary words. */
export function nearMiss(line: string): Failure | undefined {
  const [first = '', ...rest] = line.trim().split(/[ \t]+/)
  const word = first.toLowerCase().replace(/:$/, '')
  const exact = methodsFor(word)
  const isPlain = methods.has(word) && rest[0]?.includes('=')
  const half = isPlain ? undefined : halfPlain(exact, rest)
  if (half) return half
  if (exact[0] && (word.includes('_') || looksLikeSlots(rest) || beginsWithTicket(exact, rest)))
    return miss(line, exact, wrongSlot(exact[0], rest))
  const verb = word.length < 3 ? undefined : nearest(word)
  if (verb === undefined) return undefined
  const mended = line.trim().replace(first, first.endsWith(':') ? `${verb}:` : verb)
  const meant = grammars.find(grammar => grammar.verb === verb && readBy(grammar, mended))
  return meant && miss(line, [meant.method])
}

/** The refusal of any other line that begins with a verb, where every line is meant as a command; undefined if it does not. */
export function wrongUse(line: string): Failure | undefined {
  const meant = methodsFor(/^[ \t]*([a-z_]+)/i.exec(line)?.[1]?.toLowerCase() ?? '')
  return meant.length > 0 ? miss(line, meant) : undefined
}

function miss(line: string, meant: readonly Method[], why?: string): Failure {
  return new Failure(
    'invalid',
    `${why ?? `${shownLine(line)} is not understood.`} Write: ${meant.flatMap(usagesOf).join(' or ')}`,
  )
}

/** What is wrong with the word after the verb, if its kind can tell. */
function wrongSlot(method: Method, [word]: readonly string[]): string | undefined {
  const { params } = method
  const [, slot] = /^\w+ <(\w+)>/.exec(grammarTexts(method)[0] ?? '') ?? []
  if (slot === undefined || word === undefined || word.includes('=')) return undefined
  try {
    params[slot]!.parse(word.startsWith('#') ? word.slice(1) : word)
    return undefined
  } catch (error) {
    return error instanceof Failure ? `${slot}: ${error.message}` : undefined
  }
}

/** The methods with this verb, or the one with this name. */
function methodsFor(word: string): readonly Method[] {
  const found = new Set(grammars.filter(({ verb }) => verb === word).map(({ method }) => method))
  return found.size > 0 ? [...found] : [methods.get(word) ?? []].flat()
}

/** The refusal of a line that is only partly in the plain form, like "hold 5 dry_run=y". */
function halfPlain(meant: readonly Method[], words: readonly string[]): Failure | undefined {
  const names = words.filter(word => word.includes('=')).map(word => word.slice(0, word.indexOf('=')))
  for (const { name: method, params } of meant) {
    const named = names.find(name => Object.hasOwn(params, name))
    if (named === undefined) continue
    const others = Object.keys(params).filter(name => params[name]!.need === 'required' && name !== named)
    const plain = [method, ...[...others, named].map(name => `${name}=…`)].join(' ')
    return new Failure('invalid', `Beside ${named}=, each parameter needs its name. Write: ${plain}`)
  }
  return undefined
}

/** Nothing, or one word with a digit in it: a mistyped ticket number, not "hold the door". */
function looksLikeSlots(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 1 && /[0-9]/.test(words[0]!))
}

/** A ticket number for a command that needs more than that: "move 5 to sales"; or with a word of the command after it: "hold 5 until". */
function beginsWithTicket(meant: readonly Method[], [word = '', next = '']: readonly string[]): boolean {
  const goesOn = (text: string) => GOES_ON.test(text) || text.includes(`[${next.toLowerCase()} <`)
  return NUMBER.test(word) && meant.flatMap(grammarTexts).some(goesOn)
}

/** The verb that is most like the word. Any short word is like a short verb: "Die 3 Drucker" is about printers. */
function nearest(word: string): string | undefined {
  const [best] = grammars
    .filter(({ verb }) => verb.length > SHORT)
    .map(({ verb }) => ({ verb, away: distance(word, verb) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away > 0 && best.away <= (word.length < 6 ? 1 : 2) ? best.verb : undefined
}

/** Edit distance with swaps of adjacent letters (optimal string alignment); 3 stands for any larger distance too. */
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
