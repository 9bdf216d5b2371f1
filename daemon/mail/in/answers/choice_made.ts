import { mailbox } from '../../../../data/address.ts'
import { DAY } from '../../../../data/durations.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Ticket } from '../../../../data/tables.ts'
import type { Choice } from '../../choices.ts'
import type { Recipient } from '../smtp/recipient.ts'

const CHOICE_DAYS = 30

/** What a submitter says of a resolution by a link of its letter, or a clause that says why the link does nothing. */
export type ChoiceMade = { readonly ticket: Ticket; readonly choice: Choice } | { readonly refused: string }

/**
 * The choice to whose address a mail was sent, alone. No From is checked: the address went to the submitter alone, and a From proves nothing.
 * It does nothing after 30 days, and as soon as the ticket has another submitter.
 */
export async function choiceMade(
  tx: Reader,
  recipients: readonly Recipient[],
  now: number,
): Promise<ChoiceMade | undefined> {
  const [recipient, ...others] = recipients
  if (recipient?.kind !== 'choice' || others.length > 0) return undefined
  const { number, ticket: named, choice } = recipient.chosen
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  if (!letter || now - Date.parse(letter.created) > CHOICE_DAYS * DAY)
    return { refused: `the link in its address is older than ${CHOICE_DAYS} days` }
  const ticket = letter.ticket === null ? undefined : await tx.get('tickets', letter.ticket)
  if (!ticket || ticket.id !== named) return { refused: 'the ticket of its link no longer exists' }
  if (ticket.submitter_email === null || mailbox(ticket.submitter_email) !== mailbox(letter.to))
    return { refused: 'its link went to somebody who is not the submitter any more' }
  return { ticket, choice }
}
