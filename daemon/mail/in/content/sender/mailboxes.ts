import { mailbox, maybeAddress } from '../../../../../data/address.ts'
import { KIB } from '../../../../../data/sizes.ts'
import { type AddressToken, addressTokens } from './address_tokens.ts'
import { asciiDomain } from './idn_domain.ts'

/** In bytes; a longer field has no address. The header of a command may be as long. */
const LONGEST_READ = 64 * KIB
const NO_NAME = ''

/** A mailbox of an address field. */
export interface Mailbox {
  readonly address: string
  /** Its display name as bytes in Latin-1, without quotes; or its comments. Encoded words are not decoded. */
  readonly rawName: string
}

/**
 * The mailboxes of a From or Reply-To field, given as its bytes in Latin-1, unfolded: RFC 5322 3.4 with groups (RFC 6854) and the obsolete
 * syntax of 4.4 except routes; domains may be UTF-8. Names may have dots, commas and brackets without quotes, as many programs write them.
 * Each address is valid and was written so; if one of them has another reading, or none, there are no mailboxes.
 */
export function mailboxesIn(value: string): readonly Mailbox[] {
  const mailboxes = value.length <= LONGEST_READ ? readIn(value) : []
  return mailboxes.every(found => found !== undefined) ? mailboxes : []
}

/** The mailboxes of a To or Cc field that can be read as `mailboxesIn` reads them. Of a longer field the first 64 KiB are read. */
export function readableMailboxesIn(value: string): readonly Mailbox[] {
  const isWhole = value.length <= LONGEST_READ
  const read = isWhole ? value : value.slice(0, value.lastIndexOf(',', LONGEST_READ) + 1)
  return readIn(read).filter(found => found !== undefined)
}

function readIn(value: string): readonly (Mailbox | undefined)[] {
  const tokens = addressTokens(value)
  const list = tokens && withoutGroup(tokens)
  return list ? elementsOf(list).map(mailboxOf) : []
}

/** The mailboxes of a list or of a single group. Undefined if there are several groups, or more than a group. */
function withoutGroup(tokens: readonly AddressToken[]): readonly AddressToken[] | undefined {
  const start = tokens.findIndex(token => isSpecial(token, ':'))
  const end = tokens.findIndex(token => isSpecial(token, ';'))
  if (start < 0 && end < 0) return tokens
  const isPhrase = tokens
    .slice(0, Math.max(start, 0))
    .every(({ kind, text }) => kind !== 'special' || text === '.')
  const isLast = end > start && tokens.slice(end + 1).every(({ kind }) => kind === 'comment')
  const inner = tokens.slice(start + 1, end)
  return start > 0 && isPhrase && isLast && !inner.some(token => isSpecial(token, ':')) ? inner : undefined
}

/** The elements between the commas, without empty ones. A comma before anything that looks like an address belongs to a name. */
function elementsOf(tokens: readonly AddressToken[]): AddressToken[][] {
  const elements: AddressToken[][] = []
  let element: AddressToken[] = []
  let isName = true
  for (const token of tokens) {
    if (isSpecial(token, ',') && !isName) {
      elements.push(element)
      element = []
      isName = true
    } else {
      element.push(token)
      if (isSpecial(token, '@') || isSpecial(token, '<')) isName = false
    }
  }
  return [...elements, element].map(withoutCommas).filter(one => one.length > 0)
}

/** Without the commas at its start and end, which separate empty elements. */
function withoutCommas(element: readonly AddressToken[]): AddressToken[] {
  const isComma = (token: AddressToken | undefined) => token !== undefined && isSpecial(token, ',')
  let from = 0
  let to = element.length
  while (isComma(element[from])) from++
  while (to > from && isComma(element[to - 1])) to--
  return element.slice(from, to)
}

function mailboxOf(element: readonly AddressToken[]): Mailbox | undefined {
  const comments = element.filter(({ kind }) => kind === 'comment').map(({ text }) => text)
  const tokens = element.filter(({ kind }) => kind !== 'comment')
  const open = tokens.findIndex(token => isSpecial(token, '<'))
  const address = addressOf(open < 0 ? tokens : tokens.slice(open + 1, -1))
  if (address === undefined) return
  const byComments = comments.join(' ')
  if (open < 0) return { address, rawName: byComments }
  const name = tokens.slice(0, open)
  if (!isSpecial(tokens.at(-1)!, '>')) return
  if (isName(name)) return { address, rawName: name.map(written).join('').trim() || byComments }
  // Some programs repeat the address as the name, without quotes.
  const repeated = addressOf(name)
  return repeated !== undefined && mailbox(repeated) === mailbox(address)
    ? { address, rawName: NO_NAME }
    : undefined
}

/** Words with blanks around quoted ones: quotes inside quotes leave none there. */
function isName(tokens: readonly AddressToken[]): boolean {
  return tokens.every(({ kind, text, isApart }, at) => {
    if (kind === 'special') return '.,[]'.includes(text)
    const before = tokens[at - 1]
    const isBesideQuoted = kind === 'quoted' || before?.kind === 'quoted'
    return !isBesideQuoted || isApart || before === undefined || before.kind === 'special'
  })
}

function written({ text, isApart }: AddressToken): string {
  return isApart ? ` ${text}` : text
}

/** Words with dots between them, an @, and atoms with dots between them; blanks and comments around each are obsolete (RFC 5322 4.4). */
function addressOf(tokens: readonly AddressToken[]): string | undefined {
  const at = tokens.findIndex(token => isSpecial(token, '@'))
  const local = dotted(tokens.slice(0, Math.max(at, 0)))
  const rest = tokens.slice(at + 1)
  const domain = rest.some(({ kind }) => kind === 'quoted') ? undefined : dotted(rest)
  const ascii = domain === undefined ? undefined : asciiDomain(domain)
  if (local === undefined || ascii === undefined) return
  // Some programs decode encoded words even inside an address, where RFC 2047 5 forbids them.
  const found = local.includes('=?') ? undefined : maybeAddress(`${local}@${ascii}`)
  // The blank in `" ann"@example.org` is part of the address.
  return found?.startsWith(`${local}@`) ? found : undefined
}

function dotted(tokens: readonly AddressToken[]): string | undefined {
  const isDotted = tokens.every((token, at) =>
    at % 2 === 0 ? token.kind !== 'special' : isSpecial(token, '.'),
  )
  return isDotted ? tokens.map(({ text }) => text).join('') : undefined
}

function isSpecial({ kind, text }: AddressToken, special: string): boolean {
  return kind === 'special' && text === special
}
