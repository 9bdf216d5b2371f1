import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Followup, Ticket } from '../../../data/tables.ts'
import { EVENTS, ROLES, type TicketEvent } from '../../../handlers/hearers/event_table.ts'
import { hearersOf } from '../../../handlers/hearers/hearers.ts'
import { type Actor, authorOf, type Call } from '../../../handlers/method.ts'
import { ROOT } from '../../program.ts'
import { agent, desk, NOW, QUEUE, TICKET } from '../fixture.ts'

const [SUBMITTER, WATCHER, NEW, ALL] = [
  'ann@example.net',
  'eve@example.net',
  'new@example.org',
  'all@example.org',
]
const fred = agent(2, 'fred', ['fred@example.org'])
const tom = agent(3, 'tom', ['tom@example.org'])
const pat = agent(4, 'pat', ['pat@example.org'])
const susan = { ...agent(1, 'susan', ['susan@example.org']), admin: true }
const mail = (address: string | null, more = {}): Actor => ({
  kind: 'submitter',
  address,
  automatic: false,
  ...more,
})
/** Whoever may act. */
const actors: Readonly<Record<string, Actor>> = {
  'the submitter': mail(SUBMITTER),
  'a machine of the submitter': mail(SUBMITTER, { automatic: true }),
  'a watcher': mail(WATCHER),
  'a stranger': mail('who@example.com'),
  'a mail in the name of the owner': mail('fred@example.org', { proven: false }),
  'a mail of the owner': mail('fred@example.org', { proven: true }),
  'somebody at a CC address': mail(ALL),
  'a machine at a CC address': mail(ALL, { automatic: true }),
  'the owner': { kind: 'user', user: fred },
  'the agent who has just answered': { kind: 'user', user: tom },
  'another agent': { kind: 'user', user: pat },
  'the operator': { kind: 'operator' },
  'the helpdesk': { kind: 'daemon' },
}
/** The ticket was that of pat before. */
const changes = [{ field: 'assigned_to', from: 4, to: 2 }] as const
const withOwner = {
  ticket: { ...TICKET, submitter_email: SUBMITTER, watchers: [WATCHER], assigned_to: 2 },
  queue: { ...QUEUE, new_ticket_cc: [NEW], updated_ticket_cc: [ALL] },
  owner: fred,
}
/** A ticket with and without somebody who hears anyway, and one that was reminded of three times. */
const scenes = {
  'with an owner': withOwner,
  'without an owner': {
    ...withOwner,
    ticket: { ...withOwner.ticket, assigned_to: null },
    queue: QUEUE,
    owner: undefined,
  },
  'after three reminders': { ...withOwner, ticket: { ...withOwner.ticket, reminders: 3 } },
}
type Scene = {
  readonly ticket: Ticket
  readonly queue: typeof QUEUE
  readonly owner: typeof fred | undefined
}

/** The rows of the table in the README: what happens, and the words of each role. */
const rows = /<!-- hearers -->\n([\s\S]*?)<!-- end hearers -->/
  .exec(readFileSync(join(ROOT, 'daemon/mail/README.md'), 'utf8'))![1]!
  .trim()
  .split('\n')
  .slice(2)
  .map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )

function isOf(actor: Actor, address: string): boolean {
  if (actor.kind === 'user') return actor.user.addresses.includes(address)
  return actor.kind === 'submitter' && actor.address === address
}

function isMachineAt(actor: Actor, address: string): boolean {
  return actor.kind === 'submitter' && actor.automatic && actor.address === address
}

/** Who hears by the words of one cell, where the reader of the README would look for it. */
function byWords(
  words: string,
  role: string,
  actor: Actor,
  { queue, owner, ticket }: Scene,
): readonly string[] {
  const isClaim = actor.kind === 'submitter' && actor.proven === false
  const byOthers = (address: string) => isClaim || !isOf(actor, address)
  const addresses: Readonly<Record<string, readonly string[]>> = {
    Submitter: [SUBMITTER],
    Watchers: [WATCHER],
    Owner: owner ? owner.addresses : [],
    'Former owner': pat.addresses,
    'CC for new tickets': queue.new_ticket_cc,
    'CC for updates': queue.updated_ticket_cc,
    'Just answered': actor.kind === 'user' ? tom.addresses : [],
    'Next in line': isOf(actor, tom.addresses[0]!) ? susan.addresses : tom.addresses,
    Administrators: (ticket.reminders ?? 0) >= 3 ? susan.addresses : [],
  }
  const isAlone = owner === undefined
  switch (words) {
    case '–':
      return []
    case 'yes':
      return addresses[role]!.filter(address => !isMachineAt(actor, address))
    case 'if others did it':
      return addresses[role]!.filter(byOthers)
    case 'if no machine did it':
      return actor.kind === 'submitter' && actor.automatic ? [] : addresses[role]!
    case 'if nobody else':
      return isAlone ? addresses[role]! : []
    case 'if nobody else, by mail':
      return isAlone && actor.kind === 'submitter' ? addresses[role]! : []
    case 'from the third on':
      return addresses[role]!
    default:
      throw new Error(`the README says ${words}`)
  }
}

t.test('each cell of the table in the README is true', async t => {
  const { store, put } = await desk(t)
  for (const user of [susan, fred, tom, pat]) await put('users', user)
  const answered: Followup = {
    id: 1,
    ticket: TICKET.id,
    date: NOW,
    comment: 'Hello.',
    public: true,
    author: { kind: 'user', user: 3 },
    door: 'shell',
    changes: [],
    attachments: [],
    message_id: null,
  }
  await put('followups', answered)
  let cells = 0
  for (const [shown = '', ...words] of rows) {
    const [event] = Object.entries(EVENTS).find(
      ([, { name }]) => shown.replace(/, (public|private)$/, '') === name,
    )!
    const isPublic = shown.endsWith(', public') || EVENTS[event as TicketEvent].comes === 'public'
    for (const [where, scene] of Object.entries(scenes))
      for (const [who, actor] of Object.entries(actors)) {
        const isOnce = isOnlyOf(event as TicketEvent, actor)
        if (!isOnce) continue
        const wanted = new Set(
          Object.values(ROLES).flatMap((role, at) => {
            cells++
            return byWords(words[at]!, role, actor, scene)
          }),
        )
        const heard = await store.read(tx => {
          const call = { tx, actor, now: NOW, isUnacknowledged: false } as unknown as Call
          const followup = { ...answered, id: 2, public: isPublic, author: authorOf(actor), changes }
          return hearersOf({ ...scene, call, event: event as TicketEvent, followup })
        })
        t.strictSame([...heard.values()].sort(), [...wanted].sort(), `${shown}, ${where}, by ${who}`)
      }
  }
  t.ok(cells > 2000)
  t.equal(
    rows.length,
    Object.values(EVENTS).reduce(
      (sum, { comes, hears }) => sum + (Object.keys(hears).length === 0 ? 0 : comes === 'both' ? 2 : 1),
      0,
    ),
  )
})

/** The helpdesk takes its steps alone, and does nothing else. Only an agent takes a ticket, and is its owner then. */
function isOnlyOf(event: TicketEvent, { kind }: Actor): boolean {
  if (event === 'assigned' || event === 'taken' || event === 'changed')
    return kind === 'user' || kind === 'operator'
  const isStep = ['escalated', 'reminder', 'hold_ended', 'due'].includes(event)
  return isStep === (kind === 'daemon')
}
