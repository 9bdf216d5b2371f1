import { domainOf, mailbox } from '../../../../data/address.ts'
import { type Headers, valuesOf } from '../headers.ts'

/** In characters; the rest of a value is ignored. */
const LONGEST_LOOKED_AT = 2000
const POST_ADDRESS = /<mailto:([^<>?\s]{1,320})/gi
const ANGLED = /<([^<>\s]{1,320})>/g
/** What list servers put behind the local part of a list, in envelope and Sender: Google Groups after a plus sign, others after a word. */
const SENDER_ENDING = /^(?:\+|-(?:bounces?|owner|request)(?:$|[+=-]))/

/**
 * The first of the site's own lists, given in lower case, that a mail came through; undefined if it came through none. Known by
 * List-Post (RFC 2369), List-Id (RFC 2919, the address with a dot for the @), Sender and the return path.
 */
export function ownListIn(
  headers: Headers,
  envelopeFrom: string,
  lists: readonly string[],
): string | undefined {
  if (lists.length === 0) return undefined
  const posts = found(headers, 'list-post', POST_ADDRESS)
  const ids = found(headers, 'list-id', ANGLED)
  const senders = ['sender', 'return-path'].flatMap(name => [
    ...valuesOf(headers, name).map(shortened),
    ...found(headers, name, ANGLED),
  ])
  return lists.find(
    list =>
      posts.includes(list) ||
      ids.includes(list.replace('@', '.')) ||
      [envelopeFrom, ...senders].some(sender => isSenderOf(list, mailbox(sender))),
  )
}

/** Whether a list server sends from an address in the name of a list. */
function isSenderOf(list: string, sender: string): boolean {
  const domain = domainOf(list)
  if (sender === list) return true
  if (!sender.endsWith(`@${domain}`)) return false
  const [local, listLocal] = [sender, list].map(address => address.slice(0, -domain.length - 1))
  if (local === `owner-${listLocal}`) return true
  return local!.startsWith(listLocal!) && SENDER_ENDING.test(local!.slice(listLocal!.length))
}

function found(headers: Headers, name: string, what: RegExp): string[] {
  return valuesOf(headers, name).flatMap(value =>
    [...shortened(value).matchAll(what)].map(([, address]) => mailbox(address!)),
  )
}

function shortened(value: string): string {
  return value.slice(0, LONGEST_LOOKED_AT)
}
