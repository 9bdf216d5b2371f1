import type { DigestList } from '../../../../data/tables.ts'
import { untilNote } from '../../../../handlers/escalation/hold_end.ts'
import type { Digested, RenderedList } from '../digested.ts'
import { tagOf, together } from './english.ts'
import { mailto } from './mailto.ts'
import { NEW_TICKET_LINE } from './summary.ts'
import { VERB_LABELS } from './verb_links.ts'

export const DIGEST_SUBJECT = 'Your tickets today'

const HEADINGS: Readonly<Record<DigestList['list'], string>> = {
  overdue: 'Yours, and overdue:',
  waiting: 'Yours, and somebody waits for your answer:',
  waking: 'Yours, and the hold ends today:',
  held: 'Yours, and on hold for a week or longer:',
  mine: 'Your other tickets:',
  nobody: "Nobody's yet:",
}
const END = 'To get no more of these letters, send a mail with the subject "digest n".'

/** The text of a digest: each list below its heading, each ticket with the link to the command that suits it. */
export function digestText(lists: readonly RenderedList[]): string {
  const parts = lists.flatMap(({ list, tickets, more }) => [
    HEADINGS[list],
    ...tickets.map(entryOf),
    more > 0 ? `and ${more} more` : '',
  ])
  return together([...parts, `${END}\n${NEW_TICKET_LINE}`])
}

function entryOf({ ticket, queue, link }: Digested): string {
  const { title, priority, due_date, on_hold, hold_until } = ticket
  const facts = [
    `priority ${priority}`,
    ...(due_date === null ? [] : [`due ${due_date}`]),
    ...(on_hold ? [`on hold${untilNote(hold_until ?? null)}`] : []),
  ]
  const lines = [`${tagOf(ticket, queue)} ${title}`, `  ${facts.join(', ')}`]
  return [...lines, ...(link ? [`  ${VERB_LABELS[link.verb]}:`, mailto(link)] : [])].join('\n')
}
