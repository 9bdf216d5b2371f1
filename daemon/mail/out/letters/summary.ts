import type { Letter } from '../../../../data/tables.ts'
import type { NamedTicket } from '../notices/named_tickets.ts'
import { tagOf } from './tag.ts'
import { together } from './together.ts'
import type { Wording } from './wording.ts'

/** A ticket in a summary, and how many letters about it the summary replaces. */
export interface Summed extends NamedTicket {
  readonly times: number
}

/** The text of a letter that replaces many; `more` means that not all tickets are named. */
export function summaryOf(words: Wording, summed: readonly Summed[], { more }: Pick<Letter, 'more'>): string {
  const lines = summed.map(({ ticket, queue, times }) => {
    const line = `${tagOf(ticket, queue)} ${ticket.title}`
    return times === 1 ? line : `${line} ${words.say('several.times', { count: times })}`
  })
  return together([
    words.say('several.summary'),
    [...lines, ...(more ? [words.say('several.more_updates')] : [])].join('\n'),
    words.say('several.new_ticket'),
  ])
}
