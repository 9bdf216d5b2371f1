import type { Letter } from '../../../../data/tables.ts'
import { type About, RAISED, tagOf } from './english.ts'

export const ESCALATIONS_SUBJECT = 'Tickets that wait'

/** The text of a letter about the steps of several tickets in one run; `more` means that not all are named. */
export function escalationsText(all: readonly About[], { more }: Pick<Letter, 'more'>): string {
  return [
    'These tickets wait for somebody:',
    '',
    ...all.map(stepOf),
    ...(more ? ['There are more.', ''] : []),
    'To look at one of them, send a mail with the subject "show" and its number.',
    '',
  ].join('\n')
}

function stepOf({ ticket, queue, owner, quotes, followup }: About): string {
  const title = `${tagOf(ticket, queue)} ${ticket.title}`
  return quotes
    ? `${title}\n  ${followup!.comment}\n  Owner: ${owner ?? 'nobody yet'}\n`
    : `${title}\n  ${RAISED}\n`
}
