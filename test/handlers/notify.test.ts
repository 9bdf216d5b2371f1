import t from 'tap'
import type { Author } from '../../data/tables.ts'
import { FRED, SUSAN } from '../house.ts'
import { agent, ann, desk, fred, machine, operator, QUEUE, susan, TICKET } from './fixture.ts'

t.test('who is notified of which event', async t => {
  const { call, put, all, store } = await desk(t)
  const SUBMITTER = 'Ann@example.net'
  const WATCHER = 'Eve@example.net'
  const OWNER = 'fred@example.org'
  const [NEW, ALL] = ['new@example.org', 'all@example.org']
  await put('queues', {
    ...QUEUE,
    new_ticket_cc: [NEW, 'FRED@example.org'],
    updated_ticket_cc: [ALL, 'ALL@Example.org'],
  })
  await put('queues', { ...QUEUE, id: 2, slug: 'sales', email_address: null })
  await put('users', agent(2, 'fred', [OWNER, 'fred@home.example']))
  const submitting = { kind: 'submitter', address: 'aNN@example.net', automatic: false } as const
  const owning = { kind: 'submitter', address: 'FRED@home.example', automatic: false } as const
  const anonymous = { kind: 'submitter', address: null, automatic: false } as const
  const watching = { kind: 'submitter', address: 'eVE@example.net', automatic: false } as const
  const actors = { submitting, watching, owning, fred, susan, machine, anonymous, operator }
  const everybody = [SUBMITTER, WATCHER, OWNER, ALL]
  const agents = [OWNER, ALL]
  type Who = keyof typeof actors
  const of = (lists: Partial<Record<Who, string[]>>, others: string[]) =>
    Object.keys(actors).map(who => [who as Who, lists[who as Who] ?? others] as const)
  // The owner is also a CC address, in capitals, and so is notified of a ticket that the owner creates.
  const opened = of(
    {
      machine: [OWNER, NEW, ALL],
      fred: [SUBMITTER, NEW, 'FRED@example.org', ALL],
    },
    [SUBMITTER, OWNER, NEW, ALL],
  )
  const but = [WATCHER, OWNER, ALL]
  const open = of(
    {
      submitting: but,
      machine: but,
      watching: [SUBMITTER, OWNER, ALL],
      fred: [SUBMITTER, WATCHER, ALL],
    },
    everybody,
  )
  const closed = of({ fred: [ALL] }, agents)
  const byAgents = ([who]: readonly [Who, string[]]) => ['fred', 'susan', 'operator'].includes(who)
  const resolved = of({ fred: [SUBMITTER, WATCHER, ALL] }, everybody).filter(byAgents)
  const secretly = closed.filter(byAgents)
  const silently = of({}, []).filter(byAgents)
  const ticket = '31794'
  const table = [
    [
      'opened',
      'create_ticket',
      { queue: '1', title: 'x', submitter_email: SUBMITTER, assigned_to: 'fred' },
      opened,
    ],
    ['followed_up', 'add_followup', { ticket: '31794', message: 'x', public: 'y' }, open],
    ['followed_up', 'add_followup', { ticket: '31794', message: 'x', public: 'n' }, closed],
    ['resolved', 'resolve', { ticket: '31794', resolution: 'x' }, resolved],
    ['resolved', 'resolve_like', { ticket, like: '5' }, resolved],
    [
      'assigned',
      'assign',
      { ticket, assigned_to: 'susan' },
      of({ susan: [OWNER], fred: ['susan@example.org'] }, ['susan@example.org', OWNER]).filter(byAgents),
    ],
    [
      'taken',
      'take',
      { ticket },
      of({ fred: [] }, [OWNER]).filter(([who]) => who === 'fred' || who === 'susan'),
    ],
    [undefined, 'assign', { ticket, assigned_to: 'fred' }, silently],
    ['reopened', 'reopen', { ticket: '6' }, secretly],
    ['reopened', 'reopen', { ticket: '6', reason: 'x' }, secretly],
    ['reopened', 'reopen', { ticket: '6', reason: 'x', public: 'y' }, resolved],
    ['followed_up', 'reopen', { ticket, reason: 'x', public: 'y' }, resolved],
    [undefined, 'reopen', { ticket, public: 'y' }, silently],
    ['closed', 'close', { ticket, reason: 'x' }, secretly],
    ['closed', 'close', { ticket, public: 'y' }, resolved],
    ['followed_up', 'close', { ticket: '6', reason: 'x' }, secretly],
    [undefined, 'close', { ticket: '6' }, silently],
    ['duplicate', 'mark_duplicate', { ticket, of: '5' }, resolved],
    ['changed', 'hold_ticket', { ticket, reason: 'x' }, secretly],
    ['changed', 'set_priority', { ticket, priority: '1', reason: 'x' }, secretly],
    ['changed', 'set_title', { ticket, title: 'x' }, secretly],
    ['changed', 'set_submitter', { ticket, email: 'new@example.net' }, secretly],
    ['changed', 'move', { ticket, queue: '2' }, of({ fred: [] }, [OWNER]).filter(byAgents)],
    [undefined, 'watch', { ticket, email: 'new@example.net' }, silently],
    [undefined, 'unwatch', { ticket, email: WATCHER }, silently],
    [undefined, 'delete_ticket', { ticket, confirm: 'y' }, silently],
  ] as const
  for (const [event, method, params, cases] of table) {
    for (const [who, addresses] of cases) {
      const parties = { submitter_email: SUBMITTER, watchers: [WATCHER], assigned_to: 2 }
      await put('tickets', { ...TICKET, ...parties })
      await put('tickets', { ...TICKET, id: 5, status: 3, resolution: 'It was changed.' })
      await put('tickets', { ...TICKET, ...parties, id: 6, status: 4 })
      const { heard } = await call(method, params, { actor: actors[who] })
      const letters = await all('letters')
      t.strictSame(
        letters.map(({ to }) => to),
        addresses,
        `${method} ${JSON.stringify(params)} by ${who}`,
      )
      t.strictSame(heard, addresses)
      t.ok(
        letters.every(
          letter => letter.event === (event === 'assigned' && letter.to === OWNER ? 'taken' : event),
        ),
      )
      await store.transact(async tx => {
        for (const { id } of letters) await tx.delete('letters', id)
        for (const { id } of await tx.find('followups', {})) await tx.delete('followups', id)
      })
    }
  }
})

t.test('nobody is notified twice, and no inactive user', async t => {
  const { call, put } = await desk(t)
  let hour = 10
  // Answers within minutes are told to those who answered before.
  const heard = async (actor = susan) => {
    const now = `2026-03-01T${hour++}:00:00.000Z`
    const params = { ticket: '31794', message: 'x', public: 'y' }
    return (await call('add_followup', params, { actor, now })).heard
  }
  t.same(await heard(), [], 'no submitter, no owner, no CC address')
  await put('tickets', { ...TICKET, assigned_to: 2 })
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), active: false })
  t.same(await heard(), [], 'an inactive owner')
  await put('users', agent(2, 'fred', ['fred@example.org']))
  await put('tickets', { ...TICKET, assigned_to: 2, submitter_email: 'Fred@example.org' })
  t.same(await heard(), ['Fred@example.org'], 'a submitter who is also the owner')
  t.same(
    await heard(fred),
    ['Fred@example.org'],
    'the submitter is notified even of changes that the same person makes as an agent',
  )
  await put('queues', { ...QUEUE, updated_ticket_cc: ['ANN@example.net', 'fred@example.org'] })
  t.same(
    await heard(ann),
    ['Fred@example.org', 'ANN@example.net'],
    'a person at a CC address gets a letter about their own mail',
  )
  t.same(
    await heard(machine),
    ['Fred@example.org'],
    'a machine at a CC address does not, since it could start a loop',
  )
  await put('queues', { ...QUEUE, updated_ticket_cc: ['fred@example.org', 'all@example.org'] })
  await put('users', agent(2, 'fred', ['fred@example.org', 'fred@home.example']))
  await put('queues', { ...QUEUE, updated_ticket_cc: ['Fred@Home.example', 'FRED@example.org'] })
  await put('tickets', { ...TICKET, assigned_to: 2, watchers: ['FRED@Example.org'] })
  t.same(await heard(), ['FRED@Example.org'], 'a watcher who is the owner and two CC addresses, too')
  await put('tickets', { ...TICKET, assigned_to: 2 })
  t.same(await heard(), ['fred@example.org'])
  await put('users', agent(2, 'fred', ['fred@example.org']))
  await put('tickets', { ...TICKET, assigned_to: 2, submitter_email: 'Fred@example.org' })
  await put('queues', { ...QUEUE, updated_ticket_cc: ['fred@example.org', 'all@example.org'] })
  const secret = await call('add_followup', { ticket: '31794', message: 'x' }, { actor: susan })
  t.same(
    secret.heard,
    ['all@example.org'],
    'a submitter never gets private follow-ups, even as an owner or a CC address',
  )
  t.match(
    await call(
      'create_ticket',
      { queue: '1', title: 'x', submitter_email: 'fred@example.org' },
      { actor: fred },
    ),
    {
      heard: ['fred@example.org'],
    },
  )
})

t.test(
  'somebody who can act hears of every ticket and every mail: the last answerer, else the administrators',
  async t => {
    const { call, put, ticket } = await desk(t)
    const TOM = 'tom@example.org'
    const tom = { kind: 'user', user: 3 } as const
    await put('users', agent(3, 'tom', [TOM, 'tom@home.example']))
    await put('users', { ...agent(4, 'eve', ['eve@example.org']), admin: true })
    await put('users', { ...agent(5, 'bob', ['bob@example.org']), admin: true, active: false })
    await put('users', { ...agent(6, 'pat', ['pat@example.org']), admin: true, queues: [2] })
    const admins = [SUSAN.address, 'eve@example.org']
    const mailed = async (actor: Author, params: Record<string, unknown> = {}) =>
      (await call('add_followup', { ticket: '31794', message: 'x', ...params }, { actor, door: 'mail' }))
        .heard
    const opened = async (actor: Author, params: Record<string, string> = {}) =>
      (await call('create_ticket', { queue: '1', title: 'x', ...params }, { actor })).heard

    t.same(await opened(ann), admins, 'a mail opens a ticket')
    t.same(await opened(machine), admins)
    t.same(await opened(operator), admins)
    t.same(await opened(fred), admins, 'a user, who may be a program')
    t.same(await opened(susan), ['eve@example.org'], 'not the one who opens it')
    t.same(await opened(tom, { assigned_to: 'tom' }), [], 'whose ticket it is')
    t.same(await opened(tom, { assigned_to: 'fred' }), [FRED.address])

    t.same(await mailed(ann, { public: 'y' }), admins, 'nobody has answered')
    t.same(await mailed(machine), admins)
    t.same(await mailed({ kind: 'submitter', address: null, automatic: false }), admins)
    await call('hold_ticket', { ticket: '31794' }, { actor: fred })
    await call('add_followup', { ticket: '31794', message: 'For us.' }, { actor: fred })
    t.same(await mailed(ann), admins, 'what is private is no answer')
    await call('add_followup', { ticket: '31794', message: 'Hello.', public: 'y' }, { actor: tom })
    t.same(await mailed(ann), [TOM])
    t.same(
      await mailed({ kind: 'submitter', address: 'tom@home.example', automatic: true, proven: false }),
      admins,
      'the machine of the last answerer',
    )
    await put('tickets', { ...TICKET, status: 3, submitter_email: 'ann@example.net' })
    t.same(await mailed(ann, { public: 'y' }), [TOM], 'a mail that reopens')
    t.match(await ticket(), { status: 2 })
    t.same(
      await call('add_followup', { ticket: '31794', message: 'x' }, { actor: ann, isNothingNew: true }).then(
        ({ heard }) => heard,
      ),
      [],
      'a mail with nothing new',
    )

    for (const field of ['updated_ticket_cc', 'new_ticket_cc'] as const) {
      await put('queues', { ...QUEUE, [field]: ['all@example.org'] })
      t.same(await opened(machine), ['all@example.org'], field)
    }
    t.same(await mailed(machine), [TOM], 'a CC address for new tickets alone hears of no answer')
    await put('queues', QUEUE)
    await put('users', { ...agent(3, 'tom', [TOM]), queues: [2] })
    t.same(await mailed(ann), admins, 'the last answerer does not see the queue any more')
    await put('users', { ...agent(3, 'tom', [TOM]), active: false })
    await put('tickets', { ...TICKET, assigned_to: 3, watchers: ['EVE@example.org'] })
    t.same(await mailed(ann), admins, 'the owner is inactive, too')
    t.same(await mailed(ann, { public: 'y' }), ['EVE@example.org', SUSAN.address], 'nobody hears twice')
    await put('tickets', { ...TICKET, assigned_to: 2, submitter_email: 'FRED@example.org' })
    t.same(await mailed(machine), admins, 'the owner is the submitter, who hears nothing private')
    const proven = { kind: 'submitter', address: FRED.address, automatic: false, proven: true } as const
    t.same(await mailed(proven), [], 'what the owner has written is known')
    for (const method of ['reopen', 'close'])
      t.same((await call(method, { ticket: '31794', reason: 'x' }, { actor: fred })).heard, [], method)
  },
)

t.test('two agents who answer within ten minutes are told of each other', async t => {
  const { call, all, put } = await desk(t)
  await put('users', agent(3, 'tom', ['tom@example.org', 'tom@home.example']))
  const at = (minute: number) => `2026-03-01T12:${String(minute).padStart(2, '0')}:30.000Z`
  const tom = { kind: 'user', user: 3 } as const
  const answer = (actor: Author, minute: number, public_: 'y' | 'n' = 'y') =>
    call('add_followup', { ticket: '31794', message: 'x', public: public_ }, { actor, now: at(minute) })
  const opening = { queue: '1', title: 'x', body: 'It burns.' }
  await call('create_ticket', opening, { actor: fred, now: at(0) })
  const first = { ticket: '31795', message: 'x' }
  t.match(await call('add_followup', first, { actor: susan, now: at(1) }), {
    says: 'A private follow-up is added to ticket 31795.',
    heard: [],
  })
  t.match(await answer(tom, 0), { says: 'A public follow-up is added to ticket 31794.', heard: [] })
  t.match(await answer(fred, 0), {
    says: 'A public follow-up is added to ticket 31794. tom answered this ticket less than a minute ago.',
    heard: ['tom@example.org'],
  })
  t.match(
    await call('resolve', { ticket: '31794', resolution: 'done' }, { actor: susan, now: at(1) }),
    {
      says: 'Ticket 31794 is resolved. fred answered this ticket 1 minute ago. tom answered this ticket 1 minute ago.',
      heard: ['fred@example.org', 'tom@example.org'],
    },
    'both, and the last one first',
  )
  t.match((await all('letters')).at(-1), { event: 'resolved', to: 'tom@example.org' })
  await call('hold_ticket', { ticket: '31794', reason: 'later' }, { actor: tom, now: at(3) })
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), active: false })
  t.match(
    await answer(tom, 8, 'n'),
    {
      says: 'A private follow-up is added to ticket 31794. susan answered this ticket 7 minutes ago.',
      heard: ['susan@example.org'],
    },
    'not an inactive agent; resolutions and private follow-ups count',
  )
  t.match(
    await answer(susan, 18),
    { says: /tom answered this ticket 10 minutes ago\.$/ },
    'an answer, not the reason of a hold',
  )
  t.match(await answer(tom, 29), { says: /ticket 31794\.$/, heard: [] }, 'eleven minutes later')
  await put('tickets', { ...TICKET, submitter_email: 'tom@home.example' })
  t.same((await answer(susan, 30)).heard, ['tom@home.example'], 'one letter to an agent who hears anyway')
  t.match(await answer(operator, 31), { says: /ticket 31794\.$/ }, 'only users are told')
})
