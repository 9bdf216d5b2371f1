import { paramsNamed } from '../command/filters_in_words.ts'
import type { Kind } from '../method.ts'
import { kind } from '../params/kind.ts'

const BEGINS_QUOTED = /^["\u201c\u201d\u201e]/
const ENDS_QUOTED = /["\u201c\u201d]/

type Params = Readonly<Record<string, string>>
/** The parameters that each word of a command stands for. */
const filterOf: Readonly<Record<string, Params>> = {
  open: { status: 'open' },
  reopened: { status: 'reopened' },
  resolved: { status: 'resolved' },
  closed: { status: 'closed' },
  duplicate: { status: 'duplicate' },
  unresolved: { status: 'unresolved' },
  held: { held: 'y' },
  overdue: { overdue: 'y' },
  free: { owner: 'none', status: 'unresolved', held: 'n' },
  mine: { owner: 'me' },
}
const WORD = Object.keys(filterOf).join('|')
/** Phones write curly quotes. */
const QUOTE = '["\u201c\u201d\u201e]'
const QUOTED = `words[ \\t]+${QUOTE}[^"\u201c\u201d\u201e]+${QUOTE}(?:[ \\t]+(?:${WORD}))*`
/** A shell takes the quotes away; then all that follows is searched for. */
const REST = 'words[ \\t]+[^ \\t"\u201c\u201d\u201e][\\s\\S]*'
const SLUG = `(?!(?:${WORD}|words)(?:[ \\t]|$))[a-z][a-z0-9_-]*`
const PLAIN = `(?:${SLUG}|${WORD})(?:[ \\t]+(?:${WORD}))*`

/** The words after `list`: first a queue, if any, then known words alone, so that "list of broken printers" stays a person's words. */
export const filterWords: Kind<string> = kind({
  about: 'Filters as words.',
  rule: 'a queue, then filters',
  fromDoor: true,
  slot: `${PLAIN}(?:[ \\t]+(?:${QUOTED}|${REST}))?|${QUOTED}|${REST}`,
  fromSlot: paramsIn,
  parse: text => text,
})

/** Throws Failure `invalid` for words that exclude each other. */
function paramsIn(given: string): Params {
  const [before, words] = splitAtWords(given)
  const list = before
    .toLowerCase()
    .split(/[ \t]+/)
    .filter(Boolean)
  const [queue] = list.filter(word => !Object.hasOwn(filterOf, word))
  const named = list.filter(word => Object.hasOwn(filterOf, word) && word !== 'free')
  return {
    ...(queue === undefined ? {} : { queue }),
    // Other words may widen what is free: `list free held`.
    ...(list.includes('free') ? filterOf.free : {}),
    ...paramsOf(named),
    ...(words === undefined ? {} : { words }),
  }
}

function paramsOf(words: readonly string[]): Params {
  return paramsNamed(
    words.flatMap(word => Object.entries(filterOf[word]!).map(([name, value]) => ({ name, value, word }))),
  )
}

/** The words before and after the searched words, and these. */
function splitAtWords(given: string): [string, string | undefined] {
  const found = /(?:^|[ \t])words[ \t]+/i.exec(given)
  if (!found) return [given, undefined]
  const before = given.slice(0, found.index)
  const rest = given.slice(found.index + found[0].length)
  if (!BEGINS_QUOTED.test(rest)) return [before, rest]
  const end = rest.slice(1).search(ENDS_QUOTED) + 1
  return [`${before} ${rest.slice(end + 1)}`, rest.slice(1, end).trim()]
}
