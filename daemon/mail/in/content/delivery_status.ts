import { KIB } from '../../../../data/sizes.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import type { Leaf, Tree } from './structure/parts.ts'

/** What a delivery report says about one recipient (RFC 3464 2.3). A field that it lacks is empty. */
export interface RecipientStatus {
  /** In lower case: `failed`, `delayed`, `delivered`, `relayed` or `expanded`, or what else stands there. */
  readonly action: string
  /** The status code of RFC 3463, such as `5.1.1`. */
  readonly status: string
  /** What the receiving server said, on one line and without the type of the diagnostic. */
  readonly diagnostic: string
}

const TYPES = new Set(['message/delivery-status', 'message/global-delivery-status'])
/** In bytes, of one part. */
const LONGEST_PART = 64 * KIB
const MOST_RECIPIENTS = 20
/** In characters. */
const LONGEST_VALUE = 2000
const FIELD = /^([A-Za-z][A-Za-z-]{0,60})[ \t]*:(.*)$/
const DIAGNOSTIC_TYPE = /^[a-z][a-z0-9-]{0,30};/i
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}/

/**
 * What the parts of a mail of type message/delivery-status say about each recipient, wherever the parts stand. Reads what mail servers
 * write: a recipient in the block of the message, and lines of a diagnostic that are not indented.
 */
export function recipientStatuses(tree: Tree): RecipientStatus[] {
  const found: RecipientStatus[] = []
  for (const { content } of statusParts(tree)) {
    for (const block of blocksOf(content.toString('utf8', 0, LONGEST_PART))) {
      if (found.length < MOST_RECIPIENTS && isRecipient(block)) found.push(statusIn(block))
    }
  }
  return found
}

function statusParts(tree: Tree): Leaf[] {
  if ('children' in tree) return tree.children.flatMap(statusParts)
  return TYPES.has(tree.type) ? [tree] : []
}

type Block = ReadonlyMap<string, string>

/** The fields of each block, unfolded, by name in lower case; of two with the same name, the first. */
function blocksOf(text: string): Block[] {
  const blocks = [new Map<string, string>()]
  let name = ''
  for (const line of text.split('\n')) {
    const block = blocks.at(-1)!
    const [, field, value = ''] = FIELD.exec(line.trimEnd()) ?? []
    if (line.trim() === '') {
      if (block.size > 0) blocks.push(new Map())
      name = ''
    } else if (field !== undefined) {
      name = block.has(field.toLowerCase()) ? '' : field.toLowerCase()
      if (name !== '') block.set(name, value.trim().slice(0, LONGEST_VALUE))
    } else if (name !== '') {
      block.set(name, `${block.get(name)} ${line.trim()}`.slice(0, LONGEST_VALUE))
    }
  }
  return blocks
}

function isRecipient(block: Block): boolean {
  return ['final-recipient', 'original-recipient', 'action', 'diagnostic-code'].some(name => block.has(name))
}

function statusIn(block: Block): RecipientStatus {
  return {
    action: /^[a-z]{0,20}/.exec((block.get('action') ?? '').toLowerCase())![0],
    status: STATUS.exec(block.get('status') ?? '')?.[0] ?? '',
    diagnostic: oneLine((block.get('diagnostic-code') ?? '').replace(DIAGNOSTIC_TYPE, '')).trim(),
  }
}
