import { Failure } from '../../data/failure.ts'
import { grammars, methods } from '../index.ts'
import { grammarTexts, type Method } from '../method.ts'
import { shownLine } from './command.ts'
import { type Grammar, readBy } from './grammar.ts'
import { usagesOf } from './usage.ts'

/** The refusal of a line that looks like a mistyped command; undefined for a line that is more likely ordinary words. */
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

function miss(line: string, method: Method, why?: string): Failure {
  return new Failure(
    'invalid',
    `${why ?? `${shownLine(line)} is not understood.`} Write: ${usagesOf(method).join(' or ')}`,
  )
}

/** What is wrong with the word after the verb, if its kind can tell. */
function wrongSlot(method: Method, [word]: readonly string[]): string | undefined {
  const { params } = method
  const [, slot] = /^\w+ <(\w+)>/.exec(grammarTexts(method)[0] ?? '') ?? []
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

/** Nothing, or one word with a digit in it: a mistyped ticket number, not "hold the door". */
function looksLikeSlots(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 1 && /[0-9]/.test(words[0]!))
}

function nearest(word: string): Grammar | undefined {
  const [best] = grammars
    .map(grammar => ({ grammar, away: distance(word, grammar.verb) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away > 0 && best.away <= (word.length < 6 ? 1 : 2) ? best.grammar : undefined
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
