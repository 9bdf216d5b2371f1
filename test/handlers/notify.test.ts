import t from 'tap'
import { agent, ann, desk, fred, machine, operator, QUEUE, susan, TICKET } from './fixture.ts'

t.test('who is notified of which event', async t => {
  const { call, put, all, store } = await desk(t)
  const SUBMITTER = 'Ann@example.net'
  const OWNER = 'fred@example.org'
  const [NEW, ALL] = ['new@example.org', 'all@example.org']
  await put('queues', {
    ...QUEUE,
    new_ticket_cc: [NEW, 'FRED@example.org'],
    updated_ticket_cc: [ALL, 'ALL@Example.org'],
  })
  await put('users', agent(2, 'fred', [OWNER, 'fred@home.example']))
  const submitting = { kind: 'submitter', address: 'aNN@example.net', automatic: false } as const
  const owning = { kind: 'submitter', address: 'FRED@home.example', automatic: false } as const
  const anonymous = { kind: 'submitter', address: null, automatic: false } as const
  const actors = { submitting, owning, fred, susan, machine, anonymous, operator }
  const everybody = [SUBMITTER, OWNER, ALL]
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
  const open = of({ submitting: agents, machine: agents, fred: [SUBMITTER, ALL] }, everybody)
  const closed = of({ fred: [ALL] }, agents)
  const resolved = of({ fred: [SUBMITTER, ALL] }, everybody).filter(([who]) =>
    ['fred', 'susan', 'operator'].includes(who),
  )
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
    [
      undefined,
      'hold_ticket',
      { ticket: '31794', reason: 'x' },
      of({}, []).filter(([who]) => who === 'susan'),
    ],
    [
      undefined,
      'delete_ticket',
      { ticket: '31794', confirm: 'y' },
      of({}, []).filter(([who]) => who === 'susan'),
    ],
  ] as const
  for (const [event, method, params, cases] of table) {
    for (const [who, addresses] of cases) {
      await put('tickets', { ...TICKET, submitter_email: SUBMITTER, assigned_to: 2 })
      const { heard } = await call(method, params, { actor: actors[who] })
      const letters = await all('letters')
      t.strictSame(
        letters.map(({ to }) => to),
        addresses,
        `${method} ${JSON.stringify(params)} by ${who}`,
      )
      t.strictSame(heard, addresses)
      t.ok(letters.every(letter => letter.event === event))
      await store.transact(async tx => {
        for (const { id } of letters) await tx.delete('letters', id)
      })
    }
  }
})

t.test('nobody is notified twice, and no inactive user', async t => {
  const { call, put } = await desk(t)
  const heard = async (actor = susan) =>
    (await call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor })).heard
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
