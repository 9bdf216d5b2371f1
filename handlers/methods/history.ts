import { shown } from '../../data/failure.ts'
import type { Followup } from '../../data/tables.ts'
import { authorWord } from '../author_word.ts'
import { type Call, method } from '../method.ts'
import { ticket } from '../params/references.ts'
import { INSTANT, listOf, objectOf, TEXT } from '../result_schema.ts'
import { CHANGE_FACTS, type ChangeFacts, changeFacts, changeWords } from '../tickets/change_facts.ts'

/** The fields with a person's words, which may have many lines. */
const TEXTS: readonly string[] = ['title', 'resolution']
/** How many of the newest follow-ups are read. */
const MOST_LOOKED_AT = 1000

export default method({
  name: 'history',
  summary: 'Show the history of a ticket.',
  description:
    'The list has who changed which field, when, at which door, and from what to what, oldest first. It covers the last 1000 follow-ups. Users, queues and statuses have their names. Every watcher who came or went is a change of its own.',
  may: 'agent',
  reads: true,
  params: { ticket: ticket('The ticket whose history is shown.') },
  command: 'history <ticket>',
  example: {
    command: 'history 12',
    says: [
      '2026-03-01 12:00 UTC susan (http): status from open to resolved',
      '2026-03-01 12:00 UTC susan (http): resolution from nothing to "The fuse was changed."',
    ].join('\n'),
    gives: [
      {
        date: '2026-03-01T12:00:00.000Z',
        who: 'susan',
        door: 'http',
        field: 'status',
        from: 'open',
        to: 'resolved',
      },
      {
        date: '2026-03-01T12:00:00.000Z',
        who: 'susan',
        door: 'http',
        field: 'resolution',
        from: null,
        to: 'The fuse was changed.',
      },
    ],
  },
  run: async ({ ticket }, call) => {
    const page = { newest: true, limit: MOST_LOOKED_AT } as const
    const followups = (await call.tx.find('followups', { ticket: ticket.id }, page)).toReversed()
    const changes: Changed[] = []
    for (const followup of followups) changes.push(...(await changesIn(call, followup)))
    return changes
  },
  says: (changes, { ticket }) =>
    changes.map(lineOf).join('\n') || `Ticket ${ticket.id} has not been changed.`,
  gives: changes => changes,
  givesAs: 'changes',
  givesSchema: listOf(objectOf({ date: INSTANT, who: TEXT, door: TEXT, ...CHANGE_FACTS })),
})

interface Changed extends ChangeFacts, Pick<Followup, 'date' | 'door'> {
  readonly who: string
}

async function changesIn(call: Call, { date, author, door, changes }: Followup): Promise<Changed[]> {
  if (changes.length === 0) return []
  const who = await authorWord(call.tx, author)
  return Promise.all(changes.map(async change => ({ date, who, door, ...(await changeFacts(call, change)) })))
}

function lineOf(change: Changed): string {
  const { date, who, door } = change
  const when = date.slice(0, 16).replace('T', ' ')
  const { field, from, to } = changeWords(change, TEXTS.includes(change.field) ? shown : text => text)
  return `${when} UTC ${who} (${door}): ${field} from ${from} to ${to}`
}
