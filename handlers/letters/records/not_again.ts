import type { Reader } from '../../../data/store.ts'
import type { Letter, Ticket } from '../../../data/tables.ts'
import { isWatcher } from '../../tickets/watchers.ts'
import { userAt } from '../../user_at.ts'
import { sees } from '../../visible.ts'
import { failingAt, failingWords } from '../failing_addresses.ts'
import { isOfStaff, isSubmitter } from '../weight.ts'

/** Why a letter is not tried again: a sentence; undefined if it may be. */
export async function whyNotAgain(tx: Reader, letter: Letter): Promise<string | undefined> {
  const { id, to } = letter
  const failing = await failingAt(tx, to)
  if (failing)
    return `Letter ${id} is not tried again. ${failingWords(failing)}\nIf the address is right, write "clear ${to}" first, then "retry ${id}".`
  if (await mayHear(tx, letter)) return undefined
  return `Letter ${id} is not tried again: ${to} no longer hears of ticket ${letter.ticket}, or not of this follow-up.`
}

/** Whether the recipient may still read a letter: it shows what the ticket says, but the ticket or the recipient may have changed by now. */
export async function mayHear(
  tx: Reader,
  { to, ticket: id, followup: about, event }: Letter,
): Promise<boolean> {
  const ticket = id === null ? undefined : await tx.get('tickets', id)
  if (!ticket) return true
  if (await isOfItsStaff(tx, ticket, to)) return true
  // The answer to a command goes to the sender of it, whoever that is.
  if (event === 'answered') return true
  if (!isSubmitter(ticket, to) && !isWatcher(ticket, to)) return false
  const followup = about === null ? undefined : await tx.get('followups', about)
  return event === 'escalated' || followup === undefined || followup.public
}

async function isOfItsStaff(tx: Reader, { queue }: Ticket, to: string): Promise<boolean> {
  const user = await userAt(tx, to)
  return user ? sees(user, queue) : isOfStaff(tx, to)
}
