import { KIB } from '../../../../data/sizes.ts'
import type { Leaf, Tree } from './structure/parts.ts'

/** The types of parts that return a mail, or its header. */
const RETURNED = new Set([
  'message/rfc822',
  'message/global',
  'message/rfc822-headers',
  'message/global-headers',
  'text/rfc822-headers',
])
/** The types of parts that may name the mail that they are about: RFC 8098 3.2.5, and what Gmail adds to RFC 3464. */
const STATUSES = new Set([
  'message/disposition-notification',
  'message/global-disposition-notification',
  'message/delivery-status',
  'message/global-delivery-status',
])
/** How many parts are looked at, and how much of each. */
const MOST_PARTS = 4
const LONGEST_PART = 32 * KIB
/** In characters, of the text. */
const LONGEST_TEXT = 64 * KIB
const MOST_IDS = 5
const HEADER_END = /\r?\n\r?\n/
const FIELD = /^message-id[ \t]{0,3}:\s{0,4}(<[^<>\s]{1,300}>)/im
const NAMED = /\bmessage-id\b[ \t]{0,3}[:=]?\s{0,4}(<[^<>\s]{1,300}>)/gi

/**
 * The Message-IDs of the mails that a mail may report on, at most 5: of the mails that it returns, then those that its statuses and its
 * text name. qmail and others return a mail as text. Whether one of them is ours is not known here.
 */
export function reportedIds(tree: Tree, text: string): string[] {
  const leaves = leavesOf(tree).slice(0, MOST_PARTS)
  const returned = leaves.filter(({ type }) => RETURNED.has(type)).flatMap(returnedId)
  const texts = leaves.filter(({ type }) => STATUSES.has(type)).map(beginning)
  const named = [...texts, text.slice(0, LONGEST_TEXT)].flatMap(namedIds)
  return [...new Set([...returned, ...named])].slice(0, MOST_IDS)
}

function leavesOf(tree: Tree): Leaf[] {
  if ('children' in tree) return tree.children.flatMap(leavesOf)
  return RETURNED.has(tree.type) || STATUSES.has(tree.type) ? [tree] : []
}

/** The Message-ID in the header of a returned mail; what the mail quotes in its body is another mail. */
function returnedId(leaf: Leaf): string[] {
  const [header = ''] = beginning(leaf).trimStart().split(HEADER_END, 1)
  return FIELD.exec(header)?.slice(1) ?? []
}

function namedIds(text: string): string[] {
  return [...text.matchAll(NAMED)].slice(0, MOST_IDS).map(([, id]) => id!)
}

function beginning({ content }: Leaf): string {
  return content.toString('latin1', 0, LONGEST_PART)
}
