import type { Tx } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'
import { withoutAsked } from '../confirm/asked_words.ts'
import { method } from '../method.ts'
import { anything } from '../params/flags.ts'
import { ticket } from '../params/references.ts'

export default method({
  name: 'delete_ticket',
  summary: 'Delete a ticket with everything that belongs to it.',
  description:
    'Its follow-ups, attachments, letters and received mails are deleted for good. Nobody is notified. The ticket number is not used again.',
  may: 'agent',
  frees: true,
  final: true,
  params: {
    ticket: ticket('The ticket to delete.'),
    confirm: anything('Must be given to confirm the deletion.'),
  },
  command: 'delete <ticket> confirm',
  example: { command: 'delete 31794 confirm', says: 'Ticket 31794 is deleted.' },
  run: async ({ ticket }, { tx }) => {
    await tx.deleteAll('followups', { ticket: ticket.id })
    await tx.deleteAll('letters', { ticket: ticket.id })
    await forgetAsked(tx, ticket.id)
    await forgetMails(tx, ticket.id)
    await tx.delete('tickets', ticket.id)
    return ticket
  },
  says: ticket => `Ticket ${ticket.id} is deleted.`,
})

const REMOVED = '(deleted)'

/** Deletes the mails of the ticket. A mail that is also about another ticket is kept for that one, without what the answer showed. */
async function forgetMails(tx: Tx, ticket: number): Promise<void> {
  for (const mail of await tx.find('mails', { tickets: ticket })) {
    const tickets = mail.tickets.filter(other => other !== ticket)
    if (tickets.length) {
      await forgetShown(tx, mail)
      await tx.put('mails', { ...mail, tickets })
    } else await tx.delete('mails', mail.id)
  }
}

/** Commands that wait for a yes, and what their letters say. */
async function forgetAsked(tx: Tx, ticket: number): Promise<void> {
  for (const { id, letter } of await tx.find('confirmations', { tickets: ticket })) {
    await tx.delete('confirmations', id)
    const asking = await tx.get('letters', letter)
    if (asking) await tx.put('letters', withoutAsked(asking, REMOVED))
  }
}

/** The letter that answers a mail is of the same moment, and belongs to the first of its tickets. What it offers may be about the deleted one. */
async function forgetShown(tx: Tx, { tickets, received }: Mail): Promise<void> {
  for (const letter of await tx.find('letters', { ticket: tickets[0]! })) {
    const { answer, created } = letter
    if (!answer || created !== received || !(answer.shows || answer.next)) continue
    const { attachment, next: _, ...rest } = answer
    const shown = answer.shows ? { sentences: [REMOVED] } : attachment ? { attachment } : {}
    await tx.put('letters', { ...letter, answer: { ...rest, ...shown } })
  }
}
