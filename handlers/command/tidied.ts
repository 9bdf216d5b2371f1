/** What people say around a command, in lower case. */
const POLITE = new Set([
  'please',
  'pls',
  'plz',
  'kindly',
  'thanks',
  'thx',
  'thank',
  'you',
  'now',
  'it',
  'this',
])
/** Before a number, they say nothing. */
const BEFORE_NUMBER = new Set(['no', 'nr', 'number'])
const SPELLINGS = new Map([
  ['til', 'until'],
  ['till', 'until'],
])
/** What autocorrection and habit put around words. */
const MARKS = '"\'“”„‘’‚«»?!.,;…'
const BLANKS = /[\t\p{Zs}]+/u
const DASHES = /^[-–—=]+$/
const TICKET = /^(?:[#[]?[0-9]|ref:|ticket$|and$|&$)/i
const NUMBER_ENDS = /[0-9\]]$/

/**
 * A line without what stands around a command when people type it: `Please hold 5, waiting for the part` becomes `hold 5: waiting for
 * the part`, and `“hold 5 till friday”` becomes `hold 5 until friday`. It is only for suggestions, since it may change what is meant.
 */
export function tidied(line: string): string {
  const words = withoutPolite(line.trim().split(BLANKS))
  if (words.length === 0) return ''
  words[0] = stripped(words[0]!, 'start')
  words.push(stripped(words.pop()!, 'end'))
  return withColon(words.flatMap((word, at) => plainWord(word, words[at + 1]))).join(' ')
}

function withoutPolite(words: readonly string[]): string[] {
  let from = 0
  let to = words.length
  while (from < to && isPolite(words[from]!)) from++
  while (from < to && isPolite(words[to - 1]!)) to--
  return words.slice(from, to)
}

function isPolite(word: string): boolean {
  const bare = stripped(stripped(word, 'start'), 'end').toLowerCase()
  return bare === '' || POLITE.has(bare)
}

function stripped(word: string, side: 'start' | 'end'): string {
  let from = 0
  let to = word.length
  if (side === 'start') while (from < to && MARKS.includes(word[from]!)) from++
  else while (from < to && MARKS.includes(word[to - 1]!)) to--
  return word.slice(from, to)
}

function plainWord(word: string, next = ''): readonly string[] {
  const small = stripped(word, 'end').toLowerCase()
  return BEFORE_NUMBER.has(small) && TICKET.test(next) ? [] : [SPELLINGS.get(small) ?? word]
}

/** With a colon between the tickets and the words behind them, where there is another mark. */
function withColon([verb = '', ...words]: readonly string[]): string[] {
  const first = verb.endsWith(':') && TICKET.test(words[0] ?? '') ? verb.slice(0, -1) : verb
  for (const [at, word] of words.entries()) {
    const next = words[at + 1] ?? ''
    if (word.includes(':') || next === '') break
    const core = stripped(word, 'end')
    if (!NUMBER_ENDS.test(core)) continue
    if (DASHES.test(next)) {
      const mark = next.startsWith('=') ? '' : ':'
      return [first, ...words.slice(0, at), `${core}${mark}`, ...words.slice(at + 2)]
    }
    if (core !== word && !TICKET.test(next))
      return [first, ...words.slice(0, at), `${core}:`, ...words.slice(at + 1)]
  }
  return [first, ...words]
}
