import { VISIBLE } from '../../../../data/invisible.ts'
import { KIB } from '../../../../data/sizes.ts'
import { collapsedLine } from '../../../../handlers/params/plain_text.ts'
import { replyPrefixLength } from './reply_prefix.ts'

export const NO_SUBJECT = '(no subject)'
/** In characters, with the ellipsis. */
const LONGEST_FROM_TEXT = 80
/** In UTF-16 units; only so much of a line is looked at. */
const LONGEST_LINE = 4 * KIB
/** What gateways put at the front of a subject, in lower case. A fixed list, since a customer's `[PO-4711]` looks the same. */
const BRACKETED_TAGS = [
  'external/ext/extern/externe/externo/esterno/external email/external mail/external sender/external message',
  'warning: external/warning: external email/caution: external/caution: external email',
  'spam/spam?/suspected spam/possible spam/probable spam/bulk/junk/phishing/suspicious',
]
  .flatMap(tags => tags.split('/'))
  .map(tag => `[${tag}]`)
const BARE_TAGS = '***spam***/*****spam*****/**spam**/{spam?}/{spam}/(external)/***external***'.split('/')
const GATEWAY_TAGS = [...BRACKETED_TAGS, ...BARE_TAGS]
/** Longer than any of our tags: a slug of 50 characters and a number. */
const LONGEST_TAG = 70

/**
 * The title of a ticket from the subject and the text of its first mail, on one line. Removed are reply prefixes and tags of gateways at
 * the front, and tags `[slug-number]` with one of `ownSlugs` (in lower case) anywhere. If nothing visible is left, it is the first visible
 * line of the text, at most 80 characters of it. A long subject stays long.
 */
export function titleOf(subject: string, text: string, ownSlugs: ReadonlySet<string>): string {
  const title = withoutPrefixes(collapsedLine(withoutOwnTags(collapsedLine(subject), ownSlugs)))
  if (VISIBLE.test(title) && title.toLowerCase() !== NO_SUBJECT) return title
  return firstLine(text) ?? NO_SUBJECT
}

function withoutOwnTags(subject: string, ownSlugs: ReadonlySet<string>): string {
  const kept: string[] = []
  let from = 0
  for (let at = subject.indexOf('['); at >= 0; at = subject.indexOf('[', at + 1)) {
    const length = subject.slice(at, at + LONGEST_TAG).indexOf(']') + 1
    if (length === 0 || !isOwn(subject.slice(at + 1, at + length - 1), ownSlugs)) continue
    kept.push(subject.slice(from, at))
    from = at + length
    at = from - 1
  }
  return [...kept, subject.slice(from)].join(' ')
}

function isOwn(tag: string, ownSlugs: ReadonlySet<string>): boolean {
  const dash = tag.lastIndexOf('-')
  return dash > 0 && ownSlugs.has(tag.slice(0, dash).toLowerCase()) && /^[0-9]+$/.test(tag.slice(dash + 1))
}

function withoutPrefixes(subject: string): string {
  let from = 0
  for (let length = 1; length > 0; from += length) {
    while (subject[from] === ' ') from++
    const beginning = subject.slice(from, from + LONGEST_TAG)
    length = replyPrefixLength(beginning) || gatewayTagLength(beginning.toLowerCase())
  }
  return subject.slice(from)
}

function gatewayTagLength(beginning: string): number {
  return GATEWAY_TAGS.find(tag => beginning.startsWith(tag))?.length ?? 0
}

function firstLine(text: string): string | undefined {
  const from = VISIBLE.exec(text)?.index
  if (from === undefined) return
  const beginning = text.slice(from, from + LONGEST_LINE)
  return cutAtWord(collapsedLine(beginning.split('\n', 1)[0]!))
}

function cutAtWord(line: string): string {
  const letters = [...line]
  if (letters.length <= LONGEST_FROM_TEXT) return line
  const beginning = letters.slice(0, LONGEST_FROM_TEXT).join('')
  const blank = beginning.lastIndexOf(' ')
  const end =
    blank > LONGEST_FROM_TEXT / 2
      ? beginning.slice(0, blank)
      : letters.slice(0, LONGEST_FROM_TEXT - 1).join('')
  return `${end}…`
}
