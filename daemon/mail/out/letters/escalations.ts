import type { Letter } from '../../../../data/tables.ts'
import { type About, tagOf } from './english.ts'
import { NEW_TICKET_LINE } from './summary.ts'

export const ESCALATIONS_SUBJECT = 'Tickets that wait'

/** The text of a letter about the steps of several tickets in one run; `more` means that not all are named. */
export function escalationsText(all: readonly About[], { more }: Pick<Letter, 'more'>): string {
  const [own, staffs] = [all.filter(({ quotes }) => !quotes), all.filter(({ quotes }) => quotes)]
  return [
    ...(staffs.length > 0 ? ['These tickets wait for somebody:', '', ...staffs.map(stepOf)] : []),
    ...(own.length > 0
      ? [
          'These tickets of yours have waited longer than they should. We have raised their priority:',
          '',
          ...own.map(about => `${titleOf(about)}\n`),
        ]
      : []),
    ...(more ? ['There are more.', ''] : []),
    ...(staffs.length > 0
      ? ['To look at one of them, send a mail with the subject "show" and its number.', NEW_TICKET_LINE, '']
      : []),
  ].join('\n')
}

function titleOf({ ticket, queue }: About): string {
  return `${tagOf(ticket, queue)} ${ticket.title}`
}

function stepOf(about: About): string {
  return `${titleOf(about)}\n  ${about.followup!.comment}\n  Owner: ${about.owner ?? 'nobody yet'}\n`
}
