import { mailbox } from '../../../../../data/address.ts'
import { INVISIBLE } from '../../../../../data/invisible.ts'
import { trimmed } from '../../../../../data/trimmed.ts'
import { collapsedLine } from '../../../../../handlers/params/plain_text.ts'
import { headerText } from '../charset/header_words.ts'
import { type Mailbox, mailboxesIn, readableMailboxesIn } from './mailboxes.ts'

/** Who wrote a mail. */
export interface From {
  /** The address that a strict reading of the field yields; null if there is none. */
  readonly address: string | null
  /** The display name: one line, at most 100 characters; '' if there is none, or no address, or if it only repeats the address. */
  readonly name: string
  /** The whole field as a reader sees it: one line, at most 200 characters. */
  readonly written: string
}

/** In characters. */
const LONGEST_NAME = 100
const LONGEST_WRITTEN = 200
/** In bytes; encoded words are at most twenty times as long as what they say, and names are shorter than what is looked at. */
const LONGEST_DECODED = 4000
const MOST_ADDRESSEES = 100
const QUOTES = `'"<>() `

/**
 * The sender of a mail from the values of its From fields, given as bytes in Latin-1, unfolded, in their order. Of several mailboxes the
 * first is taken if all are clean: all of them are authors (RFC 5322 3.6.2), and the first is the one that mail programs show. Of
 * several fields the one with an address is taken; if their addresses differ, there is none. `charsets` are those of the mail's other
 * parts.
 */
export function fromField(values: readonly string[], charsets: readonly string[]): From {
  return fieldOf(values, charsets, ([first]) => first)
}

/** The same for the values of Reply-To, where several mailboxes are no address: the answer is meant for all of them. */
export function replyToField(values: readonly string[], charsets: readonly string[]): From {
  return fieldOf(values, charsets, ([first, ...others]) => (others.length === 0 ? first : undefined))
}

/** The addresses of To or Cc fields, given in the same form: each once, at most 100. */
export function addressees(values: readonly string[]): readonly string[] {
  const found = new Map<string, string>()
  for (const value of values)
    for (const { address } of readableMailboxesIn(value))
      if (found.size < MOST_ADDRESSEES && !found.has(mailbox(address))) found.set(mailbox(address), address)
  return [...found.values()]
}

function fieldOf(
  values: readonly string[],
  charsets: readonly string[],
  chosen: (mailboxes: readonly Mailbox[]) => Mailbox | undefined,
): From {
  const found = values.flatMap(value => {
    const one = chosen(mailboxesIn(value))
    return one ? [{ value, ...one }] : []
  })
  const [first] = found
  const isOne = first && found.every(({ address }) => mailbox(address) === mailbox(first.address))
  if (!isOne)
    return { address: null, name: '', written: shownText(values.join(', '), charsets, LONGEST_WRITTEN) }
  const { address, rawName, value } = first
  const name = shownText(rawName, charsets, LONGEST_NAME)
  const repeats = mailbox(trimmed(name, QUOTES)) === mailbox(address)
  return { address, name: repeats ? '' : name, written: shownText(value, charsets, LONGEST_WRITTEN) }
}

/** Bytes of a field as a line of text without invisible characters. */
function shownText(raw: string, charsets: readonly string[], most: number): string {
  const { text } = headerText(raw.slice(0, LONGEST_DECODED), charsets)
  const line = collapsedLine(text.replace(INVISIBLE, ' '))
  return [...line.slice(0, 2 * most)].slice(0, most).join('').trimEnd()
}
