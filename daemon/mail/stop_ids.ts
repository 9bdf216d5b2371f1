import { domainOf, mailbox } from '../../data/address.ts'
import type { Keys } from '../../data/secret.ts'
import type { Restore } from '../../data/tables.ts'
import { epochsBy } from './epoch.ts'

/** Two marks of forty bits: the first one is that of the watcher or submitter, the second one signs all before it. */
const MARK_LENGTH = 8
const HAS_STOP = /\+s([0-9a-z]{0,3})\.([0-9a-z]{1,11})\.([a-z2-7]{8})([a-z2-7]{8})@/

/** What the address says by which a watcher or the submitter stops the letters about a ticket. */
export interface Stop {
  /** Undefined if a restore has undone that number. */
  readonly ticket: number | undefined
  /** Whether the address was made for this recipient. */
  isFor(recipient: string): boolean
}

/** The addresses that stop the letters about a ticket: whoever has one has a letter to its recipient. */
export interface StopIds {
  /** Undefined if our addresses cannot be extended. */
  stopAddress(ticket: number, recipient: string): string | undefined
  /** Undefined for any other address. Upper and lower case, and what stands before and behind it, do not matter. */
  stopOf(address: string): Stop | undefined
}

/**
 * The stop addresses for a site's mail address. They have the number of the ticket, and the epoch after the first restore of a backup,
 * so that they work after the letter's record is gone; a local part of at most 64 octets (RFC 5321 4.5.3.1.1) has no room for the recipient's
 * address.
 */
export function stopIdsOf(
  keys: Keys,
  mailAddress: string,
  restores: readonly Restore[],
  extensions: 'plus' | 'none',
): StopIds {
  const domain = domainOf(mailAddress)
  const local = mailAddress.slice(0, -domain.length - 1)
  const epochOf = epochsBy(restores)
  const short = (text: string) => keys.longMark('stop', text).slice(0, MARK_LENGTH)
  const markOf = (text: string, recipient: string) => short(`${text}.${mailbox(recipient)}`)
  return {
    stopAddress: (ticket, recipient) => {
      if (extensions === 'none') return undefined
      const epoch = epochOf('tickets', ticket) ?? restores.length
      const text = `${epoch === 0 ? '' : epoch.toString(36)}.${ticket.toString(36)}`
      const mark = markOf(text, recipient)
      return `${local}+s${text}.${mark}${short(`${text}.${mark}`)}@${domain}`
    },
    stopOf: address => {
      const [, epoch = '', number = '', mark = '', signed] = HAS_STOP.exec(address.toLowerCase()) ?? []
      const text = `${epoch}.${number}`
      if (signed === undefined || short(`${text}.${mark}`) !== signed) return undefined
      const ticket = Number.parseInt(number, 36)
      return {
        ticket: epochOf('tickets', ticket) === Number.parseInt(epoch || '0', 36) ? ticket : undefined,
        isFor: recipient => markOf(text, recipient) === mark,
      }
    },
  }
}
