import { createRequire } from 'node:module'
import type { Followup } from '../../../../data/tables.ts'
import { htmlText } from '../../html_text/html_text.ts'
import { RealTags } from './real_tags.ts'

const load = createRequire(import.meta.url)
/** The tags of a message that a letter keeps. None of them loads anything, or looks like something of ours. */
const BLOCKS =
  'p br div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table thead tbody tr th td hr'.split(' ')
const WITHIN_LINES = 'a b strong i em u s del code kbd sub sup small span'.split(' ')
/** Their content is left out, too: `xmp`, `noscript` and their like are read in different ways by different programs. */
const WITHOUT_CONTENT =
  'script style textarea option title xmp noscript noembed noframes iframe plaintext template svg math'.split(
    ' ',
  )
/** Deeper elements are left out, and their text stays: each mail program would need time for them. */
const DEEPEST = 32
const NO_IMAGES: ReadonlyMap<string, string> = new Map()

const REAL_TAGS = new RealTags([...BLOCKS, ...WITHIN_LINES], WITHOUT_CONTENT)
/** A line end, or a tag, in which line ends do not count. */
const LINE_END = /<[^<>]*>|\n/g
const HAS_TAG = tagOf([...BLOCKS, ...WITHIN_LINES])
const HAS_BLOCK = tagOf(BLOCKS)
/** Elsewhere than on a page, an address without a scheme leads nowhere. */
const FOLLOWED = /^(?:https?:\/\/|mailto:)/i

/** A message in HTML: what a letter shows of it, and its text. */
export interface MessageHtml {
  readonly html: string
  readonly text: string
}

/**
 * The message of a follow-up if it is HTML: it came by the http door and has a tag that letters keep, so `a < b` is plain text. Undefined for
 * any other. `beginning` is the part of it that a letter shows, of at most some kilobytes. It keeps the tags of a list without attributes,
 * but for the addresses of links with http, https and mailto. Line ends count if it has no tag that ends a line. One of which no word would be
 * left is plain text, too.
 */
export function messageHtml({ door }: Pick<Followup, 'door'>, beginning: string): MessageHtml | undefined {
  if (door !== 'http' || !HAS_TAG.test(beginning)) return undefined
  const tagged = REAL_TAGS.only(beginning)
  const source = HAS_BLOCK.test(tagged)
    ? tagged
    : tagged.replace(LINE_END, found => (found === '\n' ? '<br>\n' : found))
  const html = sanitizer()(source, {
    allowedTags: [...BLOCKS, ...WITHIN_LINES],
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    nonTextTags: WITHOUT_CONTENT,
    nestingLimit: DEEPEST,
    transformTags: { a: (tagName, { href = '' }) => ({ tagName, attribs: linkTo(href) }) },
  })
  const { text } = htmlText(html, NO_IMAGES)
  // Otherwise the letter would say nothing.
  return text.trim() === '' ? undefined : { html, text }
}

/** The library, which takes a moment to load the first time. A command of the shell has no use for it. */
export function sanitizer(): typeof import('sanitize-html') {
  return load('sanitize-html')
}

function linkTo(href: string): Record<string, string> {
  return FOLLOWED.test(href.trim()) ? { href: href.trim() } : {}
}

/** Finds a tag with one of the names, without attributes or with one that has a value: `a<b and c>d` is none. */
function tagOf(names: readonly string[]): RegExp {
  return new RegExp(`</?(?:${names.join('|')})(?:\\s+|\\s[^<>=]*=[^<>]*)?/?>`, 'i')
}
