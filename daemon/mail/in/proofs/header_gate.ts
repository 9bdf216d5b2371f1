import { maybeAddress } from '../../../../data/address.ts'
import { KIB } from '../../../../data/sizes.ts'
import { firstOf, type Headers } from '../headers.ts'

/** In bytes; no command needs a longer header. */
const LONGEST_COMMAND_BLOCK = 64 * KIB
const MOST_COMMAND_FIELDS = 500
/** RFC 5322 3.6 allows each of these at most once; mail programs differ in which of two they show. */
const SINGLE = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]
/** A mailbox with a display name, quoted or plain, that contains nothing that could end it early. */
const MAILBOX = /^(?:"(?:[^"\\<>]|\\[^<>])*"[ \t]*|[^"<>@,;:()[\]\\]*)<([^<> \t]+)>$/
/** A line that neither begins with a field name and a colon nor continues the line before (RFC 5322 2.2). */
const NO_FIELD = /(?:^|\r\n(?![ \t]))(?![!-9;-~]+:)/
const ASCII = /^[\x20-\x7e\t]*$/

export type Gated = { readonly from: string } | { readonly refused: string }

/**
 * Strict rules for the header of a command: a header that passes has only one reading, so that the proven From and Subject are those
 * that we act on. Gives the address of From, or the rule that was broken; then the mail is ordinary mail. Date and Message-ID may be
 * missing if the session logged in: a submission server would add them (RFC 6409 8.1, 8.2).
 */
export function gate(headers: Headers, { loggedIn }: { readonly loggedIn: boolean }): Gated {
  const refused = blockRule(headers) ?? fieldRule(headers, loggedIn)
  if (refused) return { refused }
  const from = plainMailbox(firstOf(headers, 'from')!)
  return from === undefined ? { refused: 'From is not exactly one plain address' } : { from }
}

/** The address of a field that names one mailbox, in a form that has only one reading; undefined for any other. */
export function plainMailbox(value: string): string | undefined {
  const address = ASCII.test(value) ? maybeAddress(MAILBOX.exec(value)?.[1] ?? value) : undefined
  // Some programs decode encoded words even inside an address, where RFC 2047 5 forbids them.
  return address?.includes('=?') ? undefined : address
}

function blockRule({ block, fields, isProper }: Headers): string | undefined {
  if (block.length > LONGEST_COMMAND_BLOCK) return 'the header is too large'
  if (fields.length > MOST_COMMAND_FIELDS) return 'the header has too many fields'
  if (block.includes('\0')) return 'the header contains a NUL'
  if (/\r(?!\n)|(?<!\r)\n/.test(block)) return 'the header contains a bare CR or LF'
  if (!isProper || NO_FIELD.test(block)) return 'a header line is not a field'
  return undefined
}

function fieldRule({ values }: Headers, loggedIn: boolean): string | undefined {
  for (const name of SINGLE)
    if ((values.get(name)?.length ?? 0) > 1) return `the field ${name} appears more than once`
  const needed = loggedIn ? ['from', 'subject'] : ['from', 'subject', 'date', 'message-id']
  const missing = needed.find(name => !values.has(name))
  return missing && `the field ${missing} is missing`
}
