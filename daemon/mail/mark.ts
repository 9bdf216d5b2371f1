import { domainOf } from '../../data/address.ts'
import type { Keys } from '../../data/secret.ts'

/** The field that all our letters carry, by which we know our own mail when it comes back. */
export const LOOP_FIELD = 'x-helpdesk-loop'

/** What a letter is known by when something comes back: each has the number of the letter and a mark that only we can make. */
export interface Marks {
  messageId(letter: number): string
  isOurMessageId(messageId: string): boolean
  /** Stands for a whole ticket in References, so that mail programs show its letters together. */
  threadId(ticket: number): string
  returnPath(letter: number): string
  /** The letter that a return path belongs to; undefined for any other address. */
  letterOf(address: string): number | undefined
  loop(): string
  isOurLoop(value: string): boolean
}

/** Marks for the site whose mail address this is; its return paths are extensions of that address, so that they come in with it. */
export function marksOf(keys: Keys, mailAddress: string): Marks {
  const domain = domainOf(mailAddress)
  const local = mailAddress.slice(0, -domain.length - 1)
  const id = (kind: string, number: number) =>
    `<${kind}.${number}.${keys.mark(kind, String(number))}@${domain}>`
  const isMessageId = new RegExp(`^<(letter|ticket)\\.([0-9]+)\\.([0-9a-f]{16})@${escaped(domain)}>$`)
  const isReturnPath = new RegExp(
    `^${escaped(local)}\\+return\\.([1-9][0-9]{0,15})\\.([0-9a-f]{16})@${escaped(domain)}$`,
    'i',
  )
  const loop = keys.mark('loop', domain)
  return {
    messageId: letter => id('letter', letter),
    isOurMessageId: messageId => {
      const [, kind = '', number = '', mark = ''] = isMessageId.exec(messageId) ?? []
      return mark !== '' && keys.isMark(kind, number, mark)
    },
    threadId: ticket => id('ticket', ticket),
    returnPath: letter => `${local}+return.${letter}.${keys.mark('return', String(letter))}@${domain}`,
    letterOf: address => {
      const [, number = '', mark = ''] = isReturnPath.exec(address) ?? []
      return mark !== '' && keys.isMark('return', number, mark.toLowerCase()) ? Number(number) : undefined
    },
    loop: () => loop,
    isOurLoop: value => value === loop,
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
