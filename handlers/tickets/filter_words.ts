import type { Kind } from '../method.ts'
import { kind } from '../params/kind.ts'

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
  free: { owner: 'none' },
  mine: { owner: 'me' },
}
const WORD = Object.keys(filterOf).join('|')
/** Phones write curly quotes. */
const QUOTED = 'words[ \\t]+["\u201c\u201d\u201e][^"\u201c\u201d\u201e]+["\u201c\u201d]'
/** A shell takes the quotes away. */
const REST = 'words[ \\t]+[^ \\t"\u201c\u201d\u201e][^"\u201c\u201d\u201e]*'
const SLUG = `(?!(?:${WORD}|words)(?:[ \\t]|$))[a-z][a-z0-9_-]*`
const ONE = `(?:${WORD}|${QUOTED}|${REST})`

/** The words after `list`: first a queue, if any, then known words alone, so that "list of broken printers" stays a person's words. */
export const filterWords: Kind<string> = kind({
  about: 'Filters as words.',
  rule: 'a queue, then filters',
  fromDoor: true,
  slot: `(?:${SLUG}|${ONE})(?:[ \\t]+${ONE})*`,
  fromSlot: paramsIn,
  parse: text => text,
})

function paramsIn(given: string): Params {
  const [before, words] = splitAtWords(given)
  const params: Record<string, string> = words === undefined ? {} : { words }
  for (const [at, word] of before
    .toLowerCase()
    .split(/[ \t]+/)
    .filter(Boolean)
    .entries()) {
    const known = Object.hasOwn(filterOf, word) ? filterOf[word] : undefined
    if (known) Object.assign(params, known)
    else if (at === 0) params.queue = word
  }
  return params
}

/** The words before and after the searched words, and these. */
function splitAtWords(given: string): [string, string | undefined] {
  const [whole, before = '', quoted, rest] =
    /^(.*?)\bwords[ \t]+(?:["\u201c\u201d\u201e]([^"\u201c\u201d\u201e]+)["\u201c\u201d]|([^"\u201c\u201d\u201e]+$))/i.exec(
      given,
    ) ?? []
  if (whole === undefined) return [given, undefined]
  return [`${before} ${given.slice(whole.length)}`, (quoted ?? rest)!.trim()]
}
