import type { Letter, Queue, Ticket } from '../../../../data/tables.ts'
import { tagOf } from './english.ts'

/** A ticket in a summary, and how many letters about it the summary replaces. */
export interface Summed {
  readonly ticket: Ticket
  readonly queue: Queue
  readonly times: number
}

/** The last line of a letter about several tickets, to which no answer belongs. */
export const NEW_TICKET_LINE = 'A reply to this letter opens a new ticket.'
export const SUMMARY_SUBJECT = 'Summary of ticket updates'

/** The text of a letter that replaces many; `more` means that not all tickets are named. */
export function summaryOf(summed: readonly Summed[], { more }: Pick<Letter, 'more'>): string {
  return [
    'There are too many updates for a letter each. These tickets have new follow-ups:',
    '',
    ...summed.map(({ ticket, queue, times }) => `${tagOf(ticket, queue)} ${ticket.title}${timesOf(times)}`),
    ...(more ? ['There are more, in these tickets or in others.'] : []),
    '',
    NEW_TICKET_LINE,
    '',
  ].join('\n')
}

function timesOf(times: number): string {
  return times === 1 ? '' : ` (${times} times)`
}
