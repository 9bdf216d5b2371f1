import { type From, replyToField } from '../sender/from_field.ts'

/** In characters; the rest is not read. */
const LONGEST = 1000
const BRACKETED_LINK = /\[mailto:([^\]\s]{1,320})\]/gi
const LINK = /<mailto:[^>\s]{1,400}>/gi

/**
 * The sender as people and mail programs write it in a text, such as `Maria Lee <maria@customer.example>` or `Maria Lee [mailto:…]`: read
 * as a field of a header that names one mailbox. Without an address, or with several, `written` alone.
 */
export function writtenSender(text: string): From {
  const words = text.slice(0, LONGEST).replace(BRACKETED_LINK, '<$1>').replace(LINK, '').replaceAll('*', '')
  return replyToField([Buffer.from(words.trim()).toString('latin1')], ['utf-8'])
}
