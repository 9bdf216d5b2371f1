import { shown } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import { type Change, type Followup, type Status, statuses, type Value } from '../../data/tables.ts'
import { authorWord, usernameOf } from '../author_word.ts'
import { method } from '../method.ts'
import { ticket } from '../params/references.ts'
import { INSTANT, listOf, objectOf, TEXT } from '../result_schema.ts'

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
      '2026-03-01 12:00 susan (http): status from open to resolved',
      '2026-03-01 12:00 susan (http): resolution from nothing to "The fuse was changed."',
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
  run: async ({ ticket }, { tx }) => {
    const page = { newest: true, limit: MOST_LOOKED_AT } as const
    const followups = (await tx.find('followups', { ticket: ticket.id }, page)).toReversed()
    const changes: Changed[] = []
    for (const followup of followups) changes.push(...(await changesIn(tx, followup)))
    return changes
  },
  says: (changes, { ticket }) =>
    changes.map(lineOf).join('\n') || `Ticket ${ticket.id} has not been changed.`,
  gives: changes => changes,
  givesAs: 'changes',
  givesSchema: listOf(
    objectOf({
      date: INSTANT,
      who: TEXT,
      door: TEXT,
      field: TEXT,
      from: { type: ['string', 'number', 'boolean', 'null'] },
      to: { type: ['string', 'number', 'boolean', 'null'] },
    }),
  ),
})

interface Changed extends Pick<Followup, 'date' | 'door'>, Change {
  readonly who: string
}

async function changesIn(tx: Reader, { date, author, door, changes }: Followup): Promise<Changed[]> {
  if (changes.length === 0) return []
  const who = await authorWord(tx, author)
  return Promise.all(
    changes.map(async ({ field, from, to }) => {
      const names = { from: await valueName(tx, field, from), to: await valueName(tx, field, to) }
      return { date, who, door, field, ...names }
    }),
  )
}

/** A value with its name in place of a number, if it has one. */
async function valueName(tx: Reader, field: Change['field'], value: Value): Promise<Value> {
  if (typeof value !== 'number') return value
  if (field === 'assigned_to') return usernameOf(tx, value)
  if (field === 'queue') return (await tx.get('queues', value))?.slug ?? value
  return field === 'status' ? statuses[value as Status].toLowerCase() : value
}

function lineOf({ date, who, door, field, from, to }: Changed): string {
  const when = date.slice(0, 16).replace('T', ' ')
  return `${when} ${who} (${door}): ${field} from ${valueText(field, from)} to ${valueText(field, to)}`
}

function valueText(field: Change['field'], value: Value): Value {
  if (value === null) return field === 'assigned_to' ? 'nobody' : 'nothing'
  return typeof value === 'string' && TEXTS.includes(field) ? shown(value) : value
}
