// One thing: the forms of the signed ids, each beside the pattern that reads it back.
import { domainOf } from '../../data/address.ts'
import type { Keys } from '../../data/secret.ts'
import type { Letter, Restore } from '../../data/tables.ts'
import { CHOICES, type Choice, choiceWithCode } from './choices.ts'
import { epochsBy } from './epoch.ts'
import { LINK_VERBS, type LinkVerb, verbWithCode } from './link_verbs.ts'
import { type StopIds, stopIdsOf } from './stop_ids.ts'

/** The header field by which we recognize our own letters. It also counts how many helpdesk letters led to this one. */
export const LOOP_FIELD = 'x-helpdesk-loop'

/** The extension of an address with the key of a letter, or of a link in it with its verb. The case does not matter, and a relay may change what stands around it. */
const HAS_KEY = /\+([rtnhudo])([0-9a-z]{0,3})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([a-z2-7]{16})@/

/** The same of a link by which a submitter says whether a resolution helps. */
const HAS_CHOICE = /\+([yp])([0-9a-z]{0,3})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([a-z2-7]{16})@/

/** The part of a letter that its ids sign. */
export type LetterIds = Pick<Letter, 'id' | 'ticket'>
/**
 * What a return path, a key or a Message-ID says about its letter. A number that a restore has undone is left out. A path of the old form
 * contains no ticket.
 */
export interface ReturnedLetter {
  /** Identifies the letter even if its numbers are left out; the same for its return path and its Message-ID. */
  readonly name: string
  readonly number: number | undefined
  readonly ticket: number | undefined
  /** The verb of the link of that letter whose key it is; then the name is that of the link. */
  readonly link?: LinkVerb
}

/** What the address of such a link says. */
export interface ChoiceOfLetter extends ReturnedLetter {
  readonly choice: Choice
}

/**
 * The ids by which we recognize a letter when something comes back. Each contains the numbers of the ticket and the letter, so that it
 * works after the letter's record is gone, and an HMAC. After the first restore of a backup it also contains the epoch.
 */
export interface SignedIds extends StopIds {
  messageId(letter: LetterIds): string
  isOurMessageId(messageId: string): boolean
  /** The letter that has a Message-ID; undefined for the id of a ticket and for any that is not ours. */
  letterNamed(messageId: string): ReturnedLetter | undefined
  /** The ticket that one of our Message-IDs names; undefined if it names no ticket, or is not ours. */
  ticketOf(messageId: string): number | undefined
  /** The id of a whole ticket for References, so that mail programs show all its letters as one thread. */
  threadId(ticket: number): string
  /** Where reports about a letter go: an address of its own, or the helpdesk's address if that cannot be extended. */
  returnPath(letter: LetterIds): string
  /** The letter that a return path belongs to; undefined for any other address. */
  letterOf(address: string): ReturnedLetter | undefined
  /** The address for answers to a letter, which contains its key; undefined if addresses cannot be extended. */
  keyAddress(letter: LetterIds): string | undefined
  /** The address that a link of a letter leads to: it has a key of its own, which is about one verb. Undefined as for `keyAddress`. */
  linkAddress(letter: LetterIds, verb: LinkVerb): string | undefined
  /** The letter whose key, or the key of whose link, an address contains, whatever stands before and behind it; undefined for any other address. */
  letterOfKey(address: string): ReturnedLetter | undefined
  /** The address by which the reader of a letter about a resolution says whether it helps; undefined as for `keyAddress`. */
  choiceAddress(letter: LetterIds, choice: Choice): string | undefined
  /** The letter and the choice of such an address; undefined for any other. */
  choiceOf(address: string): ChoiceOfLetter | undefined
  /** The value of the loop field; `hops` counts the helpdesk letters that led to this letter, including itself. */
  loop(hops: number): string
  isOurLoop(value: string): boolean
}

/**
 * The ids for a site's mail address. Return paths and keys are extensions of that address, so that reports and answers arrive at the same
 * place, unless `extensions` is `none`: then the site cannot receive them.
 */
export function signedIdsOf(
  keys: Keys,
  mailAddress: string,
  restores: readonly Restore[],
  extensions: 'plus' | 'none' = 'plus',
): SignedIds {
  const domain = domainOf(mailAddress)
  const local = mailAddress.slice(0, -domain.length - 1)
  const epochOf = epochsBy(restores)
  /** The mark signs all the text between the kind and the mark. */
  const id = (kind: 'letter' | 'ticket', epoch = restores.length, ...numbers: number[]) => {
    const text = [...(epoch ? [`e${epoch}`] : []), ...numbers].join('.')
    return `<${kind}.${text}.${keys.mark(kind, text)}@${domain}>`
  }
  const isMessageId = new RegExp(
    `^<(letter|ticket)\\.((?:e[0-9]+\\.)?(?:[0-9]+\\.)?[0-9]+)\\.([0-9a-f]{16})@${escaped(domain)}>$`,
  )
  const beginning = `^${escaped(local)}\\+`
  const mark = `\\.([0-9a-f]{16})@${escaped(domain)}$`
  // Base 36, since a local part has at most 64 octets (RFC 5321 4.5.3.1.1), up to 30 of them before the `+`: enough for 2 × 10⁹ letters.
  const isReturnPath = new RegExp(`${beginning}b([0-9a-z]{0,3})\\.([0-9a-z]{1,11})\\.([0-9a-z]{1,11})${mark}`)
  const isOldReturnPath = new RegExp(`${beginning}return\\.([1-9][0-9]{0,15})${mark}`)
  const loop = keys.mark('loop', domain)
  return {
    ...stopIdsOf(keys, mailAddress, restores, extensions),
    messageId: ({ id: letter, ticket }) => id('letter', epochOf('letters', letter), ticket ?? 0, letter),
    isOurMessageId: messageId => {
      const [, kind = '', text = '', mark = ''] = isMessageId.exec(messageId) ?? []
      return mark !== '' && keys.isMark(kind, text, mark)
    },
    letterNamed: messageId => {
      const [, kind = '', text = '', mark = ''] = isMessageId.exec(messageId) ?? []
      if (kind !== 'letter' || !keys.isMark(kind, text, mark)) return undefined
      const { epoch, numbers } = numbersIn(text)
      const [letter = 0, ticket = 0] = numbers.reverse()
      return returned(numbers.length > 1 ? nameOf(epoch, ticket, letter) : `${letter}`, epoch, letter, ticket)
    },
    ticketOf: messageId => {
      const [, kind = '', text = '', mark = ''] = isMessageId.exec(messageId) ?? []
      const [ticket = 0, letter] = text
        .split('.')
        .filter(number => !number.startsWith('e'))
        .map(Number)
      if (ticket === 0 || mark === '' || !keys.isMark(kind, text, mark)) return undefined
      return kind === 'ticket' || letter !== undefined ? ticket : undefined
    },
    threadId: ticket => id('ticket', epochOf('tickets', ticket), ticket),
    returnPath: letter => {
      if (extensions === 'none') return mailAddress
      const text = textOf(letter)
      return `${local}+b${text}.${keys.mark('return', text)}@${domain}`
    },
    keyAddress: letter => {
      if (extensions === 'none') return undefined
      const text = textOf(letter)
      return `${local}+r${text}.${keys.longMark('key', text)}@${domain}`
    },
    linkAddress: (letter, verb) => {
      if (extensions === 'none') return undefined
      const text = `${LINK_VERBS[verb].code}${textOf(letter)}`
      return `${local}+${text}.${keys.longMark('link', text)}@${domain}`
    },
    letterOfKey: address => {
      const [, kind = '', epoch = '', ticket = '', letter = '', mark = ''] =
        HAS_KEY.exec(address.toLowerCase()) ?? []
      const link = verbWithCode(kind)
      const name = `${link === undefined ? '' : kind}${epoch}.${ticket}.${letter}`
      if (!keys.isLongMark(link === undefined ? 'key' : 'link', name, mark)) return undefined
      const found = returned(name, fromBase36(epoch), fromBase36(letter), fromBase36(ticket))
      return link === undefined ? found : { ...found, link }
    },
    choiceAddress: (letter, choice) => {
      if (extensions === 'none') return undefined
      const text = `${CHOICES[choice]}${textOf(letter)}`
      return `${local}+${text}.${keys.longMark('choice', text)}@${domain}`
    },
    choiceOf: address => {
      const [, code = '', epoch = '', ticket = '', letter = '', mark = ''] =
        HAS_CHOICE.exec(address.toLowerCase()) ?? []
      const choice = choiceWithCode(code)
      const name = `${code}${epoch}.${ticket}.${letter}`
      if (choice === undefined || !keys.isLongMark('choice', name, mark)) return undefined
      return {
        ...returned(name, fromBase36(epoch), fromBase36(letter), fromBase36(ticket)),
        choice,
      }
    },
    letterOf: given => {
      const address = given.toLowerCase()
      const [, epoch, ticket, letter, mark = ''] = isReturnPath.exec(address) ?? []
      const name = `${epoch}.${ticket}.${letter}`
      if (keys.isMark('return', name, mark))
        return returned(name, fromBase36(epoch!), fromBase36(letter!), fromBase36(ticket!))
      const [, old = '', oldMark = ''] = isOldReturnPath.exec(address) ?? []
      return keys.isMark('return', old, oldMark) ? returned(old, 0, Number(old), 0) : undefined
    },
    loop: hops => `${loop} ${hops}`,
    isOurLoop: value => value.split(' ', 1)[0] === loop,
  }

  function textOf({ id, ticket }: LetterIds): string {
    return nameOf(epochOf('letters', id) ?? restores.length, ticket ?? 0, id)
  }

  function returned(name: string, epoch: number, letter: number, ticket: number): ReturnedLetter {
    const ticketEpoch = epochOf('tickets', ticket)
    return {
      name,
      number: epochOf('letters', letter) === epoch ? letter : undefined,
      ticket: ticketEpoch !== undefined && ticketEpoch <= epoch ? ticket : undefined,
    }
  }
}

function nameOf(epoch: number, ticket: number, letter: number): string {
  return [epoch ? base36(epoch) : '', base36(ticket), base36(letter)].join('.')
}

/** The epoch and the other numbers of the text that a Message-ID signs. */
function numbersIn(text: string): { epoch: number; numbers: number[] } {
  const [first = '', ...rest] = text.split('.')
  if (!first.startsWith('e')) return { epoch: 0, numbers: [first, ...rest].map(Number) }
  return { epoch: Number(first.slice(1)), numbers: rest.map(Number) }
}

function base36(number: number): string {
  return number.toString(36)
}

/** Gives 0 for an empty text. */
function fromBase36(text: string): number {
  return Number.parseInt(text || '0', 36)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
