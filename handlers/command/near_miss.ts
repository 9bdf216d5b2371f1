// One thing: the refusal of a line that was meant as a command, and what to write instead.
import { Failure } from '../../data/failure.ts'
import { HIDDEN } from '../../data/invisible.ts'
import { grammars, methods } from '../index.ts'
import { grammarTexts, type Method } from '../method.ts'
import { shownLine } from './command.ts'
import { readBy } from './grammar.ts'
import { tidied } from './tidied.ts'
import { usagesOf } from './usage.ts'

/** In characters, of a verb that must be spelled right. */
const SHORT = 3
const NUMBER = /^#?[0-9]+$/
const IT = /^it[.!]?$/i
const GLUED = /^([A-Za-z]+)([#[]?[0-9])/
/** In characters, of a command that a refusal shows. */
const LONGEST_MENDED = 200
/** Before how many of the words after the tickets a colon is tried. */
const MOST_COLONS = 3

/** The refusal of a line that was meant as a command. */
export class NearMiss extends Failure {
  /** The command that its words are most like, if there is one. */
  readonly mended: string | undefined
  /** The text beside the line, if it stands in the same text: that of the command, or else to be kept. */
  readonly below: string | undefined
  constructor(sentence: string, mended?: string, below?: string) {
    super('invalid', sentence)
    this.mended = mended
    this.below = below
  }
}

/** The refusal of a line that looks like a mistyped command; undefined for a line that is more likely ordinary words. */
export function nearMiss(line: string): NearMiss | undefined {
  const trimmed = line.trim()
  const [first = '', ...rest] = trimmed.split(/[ \t]+/)
  const word = first.toLowerCase().replace(/:$/, '')
  const exact = methodsFor(word)
  const isPlain = methods.has(word) && rest[0]?.includes('=')
  const half = isPlain ? undefined : halfPlain(exact, rest)
  const spaced = half ?? withSpacedName(trimmed)
  if (spaced) return spaced
  const glued = fitting(trimmed.replace(GLUED, '$1 $2'))
  if (glued !== undefined && glued !== trimmed) return likeCommand(line, glued)
  const tidy = fittingTicket(tidied(trimmed))
  if (tidy !== undefined && tidy !== trimmed) return likeCommand(line, tidy)
  const hasTicket = NUMBER.test(rest[0] ?? '') && exact.some(takesTicket)
  const apart = hasTicket && !goesOn(exact, rest) ? withColon(trimmed) : undefined
  if (apart !== undefined) return likeCommand(line, apart)
  const isVague = isIt(rest) && exact.some(takesTicket)
  if (exact[0] && (word.includes('_') || looksLikeSlots(rest) || hasTicket || isVague))
    return miss(line, exact, wrongSlot(exact[0], rest))
  const near = word.length < SHORT ? undefined : nearest(word)
  const verb = near ?? abbreviated(word)
  if (verb === undefined) return undefined
  // Many ordinary words begin as a verb does.
  const fits = near === undefined ? fittingTicket : fitting
  const mended = fits(trimmed.replace(first, first.endsWith(':') ? `${verb}:` : verb))
  return mended === undefined ? undefined : likeCommand(line, mended)
}

/** The refusal of any other line that begins with a verb, where every line is meant as a command; undefined if it does not. */
export function wrongUse(line: string): NearMiss | undefined {
  const meant = methodsFor(/^[ \t]*([a-z_]+)/i.exec(line)?.[1]?.toLowerCase() ?? '')
  return meant.length > 0 ? miss(line, meant) : undefined
}

/** The line, if it is a command in the form of a grammar. */
function fitting(line: string): string | undefined {
  return grammars.some(grammar => readBy(grammar, line)) ? line : undefined
}

/** The line, if it is such a command about tickets. */
function fittingTicket(line: string): string | undefined {
  const isAboutTicket = grammars.some(
    grammar => grammar.names.some(name => grammar.method.params[name]!.namesTicket) && readBy(grammar, line),
  )
  return isAboutTicket ? line : undefined
}

/** The line with a colon before the words that go on to its end. */
function withColon(line: string): string | undefined {
  const words = line.split(/[ \t]+/)
  const first = 1 + words.slice(1).findIndex(word => !NUMBER.test(word))
  if (first === 0) return undefined
  for (let at = first; at < Math.min(words.length, first + MOST_COLONS); at++) {
    const made = fitting(`${words.slice(0, at).join(' ')}: ${words.slice(at).join(' ')}`)
    if (made !== undefined) return made
  }
  return undefined
}

/** The refusal of a line that shows the command that it is most like. */
export function likeCommand(line: string, mended: string): NearMiss {
  const meant = grammars.filter(grammar => readBy(grammar, mended)).map(({ method }) => method)
  if (mended.length > LONGEST_MENDED || HIDDEN.test(mended)) return miss(line, meant.slice(0, 1))
  const written = mended.replaceAll('\t', ' ')
  return new NearMiss(`${shownLine(line)} is not understood. Write: ${written}`, written)
}

function miss(line: string, meant: readonly Method[], why?: string): NearMiss {
  return new NearMiss(
    `${why ?? `${shownLine(line)} is not understood.`} Write: ${meant.flatMap(usagesOf).join(' or ')}`,
  )
}

function takesTicket(method: Method): boolean {
  return grammarTexts(method).some(text => text.includes(' <ticket>'))
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
function halfPlain(meant: readonly Method[], words: readonly string[]): NearMiss | undefined {
  const names = words.filter(word => word.includes('=')).map(word => word.slice(0, word.indexOf('=')))
  for (const { name: method, params } of meant) {
    const named = names.find(name => Object.hasOwn(params, name))
    if (named === undefined) continue
    const others = Object.keys(params).filter(name => params[name]!.need === 'required' && name !== named)
    const plain = [method, ...[...others, named].map(name => `${name}=…`)].join(' ')
    return new NearMiss(`Beside ${named}=, each parameter needs its name. Write: ${plain}`)
  }
  return undefined
}

/** The refusal of a plain form whose method has blanks in its name: "import exclusions". */
function withSpacedName(line: string): NearMiss | undefined {
  const words = line.split(/[ \t]+/)
  const pair = words.findIndex(word => word.includes('='))
  const name = words.slice(0, pair < 0 ? words.length : pair).join('_')
  const method = name.includes('_') ? methods.get(name.toLowerCase()) : undefined
  if (!method) return undefined
  const isWhole = pair < 0 && Object.values(method.params).every(({ need }) => need !== 'required')
  return isWhole ? likeCommand(line, method.name) : miss(line, [method])
}

/** Nothing, or one word with a digit in it: a mistyped ticket number, not "hold the door". */
function looksLikeSlots(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 1 && /[0-9]/.test(words[0]!))
}

/** "take it": only the ticket is missing. */
function isIt(words: readonly string[]): boolean {
  return words.length === 1 && IT.test(words[0]!)
}

/** Whether the word after the ticket begins a part of the command: "hold 5 until". */
function goesOn(meant: readonly Method[], [, next = '']: readonly string[]): boolean {
  return meant.flatMap(grammarTexts).some(text => text.includes(`[${next.toLowerCase()} <`))
}

/** The verb that a word of some letters begins: `prio`. */
function abbreviated(word: string): string | undefined {
  if (word.length <= SHORT) return undefined
  return grammars.find(({ verb }) => verb !== word && verb.startsWith(word))?.verb
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
