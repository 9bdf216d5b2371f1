import type { Digested, RenderedList } from '../digested.ts'
import { ticketFacts } from './card.ts'
import { tagOf } from './tag.ts'
import { together } from './together.ts'
import { linkedVerb } from './verb_links.ts'
import type { Wording } from './wording.ts'

/** The text of a digest: each list below its heading, each ticket with the link to the command that suits it. */
export function digestText(words: Wording, lists: readonly RenderedList[]): string {
  const parts = lists.flatMap(({ list, tickets, more }) => [
    words.label(words.say(`digest.${list}`)),
    ...tickets.map(digested => entryOf(words, digested, list)),
    more > 0 ? words.say('digest.more', { count: more }) : '',
  ])
  return together([...parts, `${words.say('digest.end')}\n${words.say('several.new_ticket')}`])
}

function entryOf(words: Wording, { ticket, queue, link }: Digested, list: RenderedList['list']): string {
  const facts = ticketFacts(words, ticket, list === 'overdue' ? 'overdue' : 'due')
  const lines = [`${tagOf(ticket, queue)} ${ticket.title}`, words.capital(facts.join(', '))]
  return [...lines, ...(link ? [linkedVerb(words, link)] : [])].join('\n')
}
