import t, { type Test } from 'tap'
import { parseCommand } from '../../../handlers/command/command.ts'
import { type Desk, desk, fred, LATER, operator, QUEUE, refusal, TICKET } from '../fixture.ts'

interface Page {
  readonly tickets: readonly { ticket: number; overdue: boolean }[]
  readonly next: string | null
}

/** Tickets 1 to 6 in two queues, and ticket 31794. */
async function furnished(t: Test): Promise<Desk> {
  const made = await desk(t)
  await made.put('queues', { ...QUEUE, id: 2, slug: 'sales', title: 'Sales', email_address: null })
  const added = [
    { priority: 1, assigned_to: 2, title: 'Paper jam 100% .*' },
    { priority: 1, due_date: '2026-02-01', queue: 2 },
    { status: 2, on_hold: true, submitter_email: 'Ann@example.net' },
    { status: 3, assigned_to: 2, due_date: '2026-02-02' },
    { priority: 5, modified: LATER },
    { status: 1, assigned_to: 1, due_date: '2026-05-01' },
  ] as const
  for (const [at, fields] of added.entries()) await made.put('tickets', { ...TICKET, ...fields, id: at + 1 })
  return made
}

async function listed({ call }: Desk, params: Record<string, string> = {}, actor = fred): Promise<Page> {
  return (await call('list_tickets', params, { actor })).gives as Page
}
async function numbers(made: Desk, params: Record<string, string> = {}): Promise<number[]> {
  return (await listed(made, params)).tickets.map(({ ticket }) => ticket)
}

t.test('filters', async t => {
  const made = await furnished(t)
  const { put } = made
  await put('followups', {
    id: 1,
    ticket: 3,
    date: TICKET.created,
    comment: 'The paper is wet.',
    public: false,
    author: { kind: 'operator' },
    door: 'shell',
    changes: [],
    attachments: [],
    message_id: null,
  })
  for (const [params, ...expected] of [
    [{}, 5, 31794, 6, 4, 3, 2, 1],
    [{ queue: 'sales' }, 2],
    [{ status: 'resolved' }, 4],
    [{ status: 'UNRESOLVED', queue: '1' }, 5, 31794, 6, 3, 1],
    [{ owner: 'me' }, 4, 1],
    [{ owner: 'none' }, 5, 31794, 3, 2],
    [{ owner: 'susan' }, 6],
    [{ priority: '1' }, 2, 1],
    [{ submitter: 'ann@example.net' }],
    [{ submitter: 'Ann@example.net' }, 3],
    [{ held: 'y' }, 3],
    [{ held: 'n', priority: '5' }, 5],
    [{ overdue: 'y' }, 2],
    [{ overdue: 'y', status: 'resolved' }, 4],
    [{ changed_since: '2026-03-01' }, 5],
    [{ changed_since: '2026-03-01T14:00:00+01:00' }, 5],
    [{ changed_since: '2026-03-01T13:00:01Z' }],
    [{ words: 'PAPER' }, 3, 1],
    [{ words: 'jam paper' }, 1],
    [{ words: '.*' }, 1],
    [{ words: '%' }, 1],
    [{ words: '.+' }],
    [{ sort: 'priority' }, 2, 1, 4, 6, 3, 31794, 5],
    [{ sort: 'due' }, 2, 4, 6, 1, 3, 31794, 5],
    [{ sort: 'created', limit: '2' }, 31794, 6],
  ] as const)
    t.same(await numbers(made, params), expected, JSON.stringify(params))
})

t.test('a ticket is overdue from the next day of its queue on', async t => {
  const made = await furnished(t)
  await made.put('queues', { ...QUEUE, time_zone: 'Pacific/Auckland' })
  await made.put('queues', {
    ...QUEUE,
    id: 2,
    slug: 'sales',
    email_address: null,
    time_zone: 'America/Santiago',
  })
  await made.put('tickets', { ...TICKET, id: 2, queue: 2, due_date: '2026-02-28' })
  await made.put('tickets', { ...TICKET, id: 6, due_date: '2026-02-28' })
  for (const [now, ...expected] of [
    ['2026-02-28T10:59:59.999Z'],
    ['2026-02-28T11:00:00.000Z', 6],
    ['2026-03-01T02:59:59.999Z', 6],
    ['2026-03-01T03:00:00.000Z', 6, 2],
  ] as const) {
    const overdue = await made.call('list_tickets', { overdue: 'y' }, { now })
    t.same(
      (overdue.gives as Page).tickets.map(({ ticket }) => ticket),
      expected,
      now,
    )
    const all = (await made.call('list_tickets', {}, { now })).gives as Page
    const marked = all.tickets.filter(one => one.overdue).map(({ ticket }) => ticket)
    t.same(marked, expected, now)
  }
})

t.test('pages', async t => {
  const made = await furnished(t)
  const first = await listed(made, { sort: 'priority', limit: '3' })
  t.same(
    first.tickets.map(({ ticket }) => ticket),
    [2, 1, 4],
  )
  const second = { sort: 'priority', limit: '3', after: first.next! }
  await made.put('tickets', { ...TICKET, id: 4, priority: 5 })
  t.same(await numbers(made, second), [6, 3, 31794], 'it is stable when its ticket changes')
  await made.store.transact(tx => tx.delete('tickets', 4))
  t.same(await numbers(made, second), [6, 3, 31794], 'and when its ticket is deleted')
  t.equal((await listed(made, { ...second, limit: '4' })).next, null, 'the last page')

  const { says } = await made.call('list_tickets', { sort: 'priority', limit: '2', words: 'the printer' })
  t.match(
    says,
    /\nThere are more\. For the next page, write:\nlist_tickets words="the printer" sort=priority limit=2 after=\S+$/,
  )
  t.match(
    await made.say(says.split('\n').at(-1)!),
    { says: /^3 .*\n.*\n\n31794 / },
    'the line for the next page works',
  )

  const other = /^after: this is not the next of a list with the same filters and order;/
  for (const params of [
    { ...second, sort: 'due' },
    { ...second, queue: 'support' },
    { ...second, words: 'printer' },
    { after: 'x' },
    { after: `${first.next!.split('.')[0]}.e30` },
    { after: `${first.next!.split('.')[0]}.` },
  ])
    t.match(await refusal(made.call('list_tickets', params)), { code: 'invalid', message: other })
  for (const limit of ['0', '201', '1000000000', '-1', '1.5'])
    t.match(await refusal(made.call('list_tickets', { limit })), {
      message: `limit: "${limit}" is not a whole number from 1 to 200.`,
    })
  t.match(await refusal(made.call('list_tickets', { queue: 'nowhere' })), {
    message: 'There is no queue nowhere.',
  })
  t.match(await refusal(made.call('list_tickets', { status: 'lost' })), {
    message: 'status: "lost" is not one of open, reopened, resolved, closed, duplicate, unresolved.',
  })
  t.match(await refusal(made.call('list_tickets', { changed_since: 'T' })), {
    message: /^changed_since: "T" is not a moment/,
  })
})

t.test('the command', async t => {
  for (const [line, params] of [
    ['list', {}],
    ['List support open', { queue: 'support', status: 'open' }],
    ['list free', { owner: 'none', status: 'unresolved', held: 'n' }],
    ['list free resolved', { owner: 'none', status: 'resolved', held: 'n' }],
    ['list held free overdue unresolved', { held: 'y', owner: 'none', overdue: 'y', status: 'unresolved' }],
    ['list words "paper jam" mine', { words: 'paper jam', owner: 'me' }],
    ['list sales words \u201cpaper jam\u201d open', { queue: 'sales', words: 'paper jam', status: 'open' }],
    ['list open words paper jam', { status: 'open', words: 'paper jam' }],
    ['list words x words "y"', { words: 'x words "y"' }],
    ['list words 100% .*', { words: '100% .*' }],
    ['list my-words open', { queue: 'my-words', status: 'open' }],
    ['list openings', { queue: 'openings' }],
  ] as const)
    t.same(parseCommand(line)?.command, { method: 'list_tickets', params }, line)
  for (const line of [
    'list of broken printers',
    'list the open tickets',
    'list open support',
    'list words',
    'list words "a" words "b"',
    'list support words ""',
    'listing',
    'mine is broken',
  ])
    t.equal(parseCommand(line), undefined, line)
  for (const [line, one, other] of [
    ['list open resolved', 'open', 'resolved'],
    ['list mine duplicate unresolved', 'duplicate', 'unresolved'],
  ] as const)
    t.throws(() => parseCommand(line), {
      code: 'invalid',
      message: `"${one}" and "${other}" exclude each other; give one of them.`,
    })
})

t.test('for people', async t => {
  const made = await furnished(t)
  const title = 'The printer on the second floor of the old building is on fire again, as it was last week'
  await made.put('tickets', {
    ...TICKET,
    id: 6,
    title,
    assigned_to: 2,
    priority: 1,
    status: 2,
    on_hold: true,
    due_date: '2026-03-01',
  })
  t.equal(
    (await made.say('mine', { actor: fred })).says,
    [
      '6 The printer on the second floor of the old building is on fire again,…',
      'support · fred · P1 · reopened · on hold · due 2026-03-01 · 2026-02-28',
      '',
      '1 Paper jam 100% .*',
      'support · fred · P1 · 2026-02-28',
    ].join('\n'),
  )
  t.match(
    (await made.say('mine', { actor: fred, now: '2026-03-03T00:00:00.000Z' })).says,
    / · due 2026-03-01, overdue · /,
  )
  t.equal((await made.say('mine', { actor: operator })).says, 'There are no such tickets.')
  t.equal((await made.say('list closed')).says, 'There are no such tickets.')
})
