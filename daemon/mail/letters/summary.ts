import type { Queue, Ticket } from '../../../data/tables.ts'
import { tagOf } from './english.ts'

/** A ticket that a summary names, and how much happened to it. */
export interface Summed {
  readonly ticket: Ticket
  readonly queue: Queue
  readonly times: number
}

export const SUMMARY_SUBJECT = 'Summary of what happened to tickets'

/** The text of a letter that stands for many. */
export function summaryOf(summed: readonly Summed[], more: boolean): string {
  return [
    'So much happens that not each of it is a letter to you. All that was written stands in these tickets:',
    '',
    ...summed.map(({ ticket, queue, times }) => `${tagOf(ticket, queue)} ${ticket.title}${timesOf(times)}`),
    ...(more ? ['And more, in these tickets or in others.'] : []),
    '',
  ].join('\n')
}

function timesOf(times: number): string {
  return times === 1 ? '' : ` (${times} times)`
}
