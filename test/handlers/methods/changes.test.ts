import t from 'tap'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import { agent, type Desk, desk, fred, LATER, operator, QUEUE, refusal, susan, TICKET } from '../fixture.ts'

const NEVER_LOWER = { expect: '9' }

/** The last change of the ticket, without a text. */
async function lastChanges({ all }: Desk) {
  return (await all('followups')).at(-1)?.changes
}

t.test('assign and take', async t => {
  const built = await desk(t)
  const { say, ticket, put, all } = built
  t.match(await say('assign 31794 fred'), {
    says: 'Ticket 31794 is assigned to fred.',
    heard: ['fred@example.org'],
    tickets: [31794],
  })
  t.match(await ticket(), { assigned_to: 2, version: 2 })
  t.same(await lastChanges(built), [{ field: 'assigned_to', from: null, to: 2 }])
  t.match(await all('letters'), [{ event: 'assigned', to: 'fred@example.org', ticket: 31794 }])
  t.match(await say('assign 31794 2'), { says: 'Ticket 31794 is assigned to fred.', heard: [] })
  t.match(await ticket(), { version: 2 }, 'nothing changes')
  t.match(await say('take 31794'), { says: 'Ticket 31794 is assigned to susan.', heard: [] })
  t.match(await say('take #31794', { actor: fred }), { says: 'Ticket 31794 is assigned to fred.', heard: [] })
  t.match(await ticket(), { assigned_to: 2, version: 4 })

  t.match(await refusal(say('take 31794', { actor: operator })), {
    code: 'forbidden',
    message: 'Only a user can take a ticket; assign it to a user: assign 31794 USERNAME.',
  })
  const daemon = { actor: { kind: 'daemon' }, door: 'daemon' } as const
  t.match(await refusal(say('take 31794', daemon)), { code: 'forbidden' })
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), active: false })
  t.match(await refusal(say('assign 31794 fred')), {
    code: 'invalid',
    message: 'assigned_to: fred is inactive; name an active user.',
  })
  t.match(await refusal(say('assign 31794 tom')), { code: 'not_found', message: 'There is no user tom.' })
})

t.test('title, submitter and queue', async t => {
  const built = await desk(t)
  const { say, ticket, put } = built
  await put('queues', { ...QUEUE, id: 2, title: 'Sales', slug: 'sales', email_address: null })
  t.match(await say('title 31794: It is  out: yes'), {
    says: 'The title of ticket 31794 is: It is  out: yes',
  })
  t.same(await lastChanges(built), [{ field: 'title', from: TICKET.title, to: 'It is  out: yes' }])
  t.match(await say('submitter 31794 Ann@example.net'), {
    says: 'Ticket 31794 has the submitter Ann@example.net.',
  })
  t.same(await lastChanges(built), [{ field: 'submitter_email', from: null, to: 'Ann@example.net' }])
  t.match(await say('move 31794 sales'), { says: 'Ticket 31794 is in queue Sales.' })
  t.same(await lastChanges(built), [{ field: 'queue', from: 1, to: 2 }])
  await say('move 31794 2')
  t.match(await ticket(), {
    queue: 2,
    title: 'It is  out: yes',
    submitter_email: 'Ann@example.net',
    version: 4,
  })

  t.match(await refusal(say('move 31794 nowhere')), {
    code: 'not_found',
    message: 'There is no queue nowhere.',
  })
  t.match(await refusal(say('move 31794 3')), { code: 'not_found', message: 'There is no queue 3.' })
  t.match(await refusal(say(`title 31794: ${'x'.repeat(101)}`)), { code: 'invalid', message: /^title: / })
  t.match(await refusal(built.call('set_submitter', { ticket: '31794', email: 'ann' })), {
    message: 'email: "ann" is not a mail address; give one like susan@example.org.',
  })
  t.match(await ticket(), { version: 4 })
})

t.test('due dates', async t => {
  const built = await desk(t)
  const { say, ticket, put } = built
  // It is Sunday, 1 March in Vienna, and 2 March in Auckland.
  await put('queues', { ...QUEUE, time_zone: 'Europe/Vienna' })
  await put('queues', { ...QUEUE, id: 2, slug: 'kiwi', email_address: null, time_zone: 'Pacific/Auckland' })
  await put('tickets', { ...TICKET, id: 5, queue: 2 })
  t.match(await say('due 31794, 5 tomorrow: the fair begins'), {
    says: 'Ticket 31794 is due on Monday, 2 March.\nTicket 5 is due on Tuesday, 3 March.',
    heard: [],
  })
  t.match(await ticket(), { due_date: '2026-03-02', version: 2 })
  t.match((await built.all('followups')).at(-1), {
    ticket: 5,
    comment: 'the fair begins',
    public: false,
    changes: [{ field: 'due_date', from: null, to: '2026-03-03' }],
  })
  t.match(await say('due 31794 today'), { says: 'Ticket 31794 is due on Sunday, 1 March.' })
  await say('due 31794 1 mar')
  t.match(await ticket(), { version: 3 }, 'nothing changes')
  for (const [line, message] of [
    ['due 5 2026-03-01', /^due_date: "2026-03-01" is Sunday, 1 March 2026, which is past; give today or a/],
    ['due 31794 31 feb', /^due_date: "31 feb" is no day of this year or the next; give a day like/],
    ['due 31794 yesterday', /^due_date: "yesterday" is not understood as a day; give a day like/],
    ['set_due ticket=31794', /^due_date is missing; give a day, like 2026-12-24, tomorrow, friday or 24 dec/],
  ] as const)
    t.match(await refusal(say(line)), { code: 'invalid', message }, line)
  t.match(await say('due 31794 none'), { says: 'Ticket 31794 has no due date.' })
  t.same(await lastChanges(built), [{ field: 'due_date', from: '2026-03-01', to: null }])
})

t.test('what each change does to a ticket that is resolved, closed or a duplicate', async t => {
  const { call, put, ticket } = await desk(t)
  await put('tickets', { ...TICKET, id: 5, status: 3, resolution: 'It was changed.' })
  await put('queues', { ...QUEUE, id: 2, slug: 'sales', email_address: null })
  const kept = [
    ['assign', { assigned_to: 'fred' }],
    ['take', {}],
    ['set_title', { title: 'x' }],
    ['set_submitter', { email: 'x@example.net' }],
    ['set_priority', { priority: '1' }],
    ['move', { queue: '2' }],
    ['set_due', { due_date: 'tomorrow' }],
    ['watch', { email: 'x@example.net' }],
    ['unwatch', { email: 'eve@example.net' }],
    ['hold_ticket', {}],
  ] as const
  const over = { watchers: ['eve@example.net'], resolution: 'The fuse.' }
  for (const status of [3, 4, 5] as const) {
    const before = { ...TICKET, ...over, status, ...(status === 5 ? { duplicate_of: 7 } : {}) }
    for (const [method, params] of kept) {
      await put('tickets', before)
      await call(method, { ticket: '31794', ...params })
      const same = { status, resolution: 'The fuse.', duplicate_of: before.duplicate_of, version: 2 }
      t.match(await ticket(), same, `${method}: ${status} stays`)
    }
    const changed = [
      ['reopen', {}, 2],
      ['resolve', { resolution: 'x' }, 3],
      ['resolve_like', { like: '5' }, 3],
      ['close', {}, 4],
      ['mark_duplicate', { of: '5' }, 5],
    ] as const
    for (const [method, params, after] of changed) {
      await put('tickets', before)
      await call(method, { ticket: '31794', ...params })
      const now = await ticket()
      t.equal(now?.status, after, `${method}: ${status} becomes ${after}`)
      t.equal(now?.duplicate_of, after === 5 ? 5 : undefined)
      t.ok(now?.resolution, 'a resolution stays')
    }
  }
})

t.test('reopen and close', async t => {
  const built = await desk(t)
  const { say, ticket, put, all } = built
  t.match(await say('reopen 31794'), { says: 'Ticket 31794 is open.' })
  t.match(await ticket(), { version: 1 }, 'an open ticket stays as it is')
  t.match(await say('close 31794: nobody needs it'), { says: 'Ticket 31794 is closed.' })
  t.match(await say('close 31794'), { says: 'Ticket 31794 is closed.' })
  t.match(await ticket(), { status: 4, version: 2 })
  t.match(await say('reopen 31794 public: we do'), { says: 'Ticket 31794 is reopened.' })
  t.match(await all('followups'), [
    { comment: 'nobody needs it', public: false, changes: [{ field: 'status', from: 1, to: 4 }] },
    { comment: 'we do', public: true, changes: [{ field: 'status', from: 4, to: 2 }] },
  ])
  await put('tickets', { ...TICKET, status: 5, duplicate_of: 7 })
  await say('reopen 31794')
  t.notOk('duplicate_of' in (await ticket())!)
  t.same(await lastChanges(built), [
    { field: 'status', from: 5, to: 2 },
    { field: 'duplicate_of', from: 7, to: null },
  ])
})

t.test('a ticket is resolved with the resolution of another, also a long one', async t => {
  const { say, call, ticket, put, store, all } = await desk(t)
  await put('tickets', { ...TICKET, id: 5 })
  await put('tickets', { ...TICKET, id: 6, submitter_email: 'ann@example.net' })
  t.match(await refusal(say('resolve 6 like 5')), {
    code: 'invalid',
    message: 'like: ticket 5 has no resolution; name a ticket that has one.',
  })
  t.match(await refusal(say('resolve 6 like 99')), { message: 'There is no ticket 99.' })
  t.match(await refusal(call('resolve_like', { ticket: '6', like: '5,6' })), {
    message: /^like: "5,6" is not a ticket number/,
  })
  const long = 'It is long. '.repeat(LONGEST_KEPT / 6)
  await call('resolve', { ticket: '5', resolution: long })
  const { resolution_file: file } = (await ticket(5))!
  t.ok(file)
  t.match(await say('resolve 6, 31794 like 5'), {
    says: 'Ticket 6 is resolved.\nTicket 31794 is resolved.',
    heard: ['ann@example.net'],
  })
  t.match(await ticket(6), { status: 3, resolution: (await ticket(5))!.resolution, resolution_file: file })
  t.match((await all('followups')).at(-1), { public: true, comment_file: file })
  await call('delete_ticket', { ticket: '5', confirm: 'y' })
  t.equal((await store.files.get(file!))?.toString(), long, 'the file stays with those that name it')
  await call('resolve', { ticket: '5', resolution: 'x' }).catch(() => {})
  t.match(await refusal(say('resolve 6 like 5')), { code: 'not_found' })
})

t.test('expect is about the ticket that changes, not about the other one', async t => {
  const { call, put } = await desk(t)
  await put('tickets', { ...TICKET, id: 5, version: 9, resolution: 'x', status: 3 })
  for (const [method, other] of [
    ['resolve_like', { like: '5' }],
    ['mark_duplicate', { of: '5' }],
  ] as const) {
    await put('tickets', { ...TICKET, version: 2 })
    const params = { ticket: '31794', ...other }
    t.match(await refusal(call(method, { ...params, ...NEVER_LOWER })), {
      code: 'invalid',
      message: 'expect: ticket 31794 has no version 9 yet; its version is 2.',
    })
    t.match(await refusal(call(method, { ...params, expect: '1' })), { code: 'conflict' })
    t.ok(await call(method, { ...params, expect: '2' }), method)
  }
})

t.test('the history names who changed what', async t => {
  const { say, put, call } = await desk(t)
  await put('queues', { ...QUEUE, id: 2, slug: 'sales', email_address: null })
  t.match(await say('history 31794'), { says: 'Ticket 31794 has not been changed.', gives: [] })
  await say('assign 31794 fred', { actor: fred, door: 'http' })
  await say('followup 31794: no change')
  await say('move 31794 sales', { actor: operator })
  await say('title 31794: a\tb')
  await say('resolve 31794: done\nand dusted', { now: LATER })
  await say('watch 31794 eve@example.net', { now: LATER })
  const { says, gives } = await say('history 31794')
  t.equal(
    says,
    [
      '2026-03-01 12:00 UTC fred (http): owner from nobody to fred',
      '2026-03-01 12:00 UTC operator (shell): queue from support to sales',
      '2026-03-01 12:00 UTC susan (shell): title from "The printer is on fire" to "a b"',
      '2026-03-01 13:00 UTC susan (shell): status from open to resolved',
      '2026-03-01 13:00 UTC susan (shell): resolution from nothing to "done\\nand dusted"',
      '2026-03-01 13:00 UTC susan (shell): watchers from nothing to eve@example.net',
    ].join('\n'),
  )
  t.match((gives as object[])[0], { who: 'fred', door: 'http', field: 'owner', from: null, to: 'fred' })
  t.match((gives as object[])[4], { from: null, to: 'done\nand dusted' })
  t.match(await refusal(call('history', { ticket: '99' })), { message: 'There is no ticket 99.' })
})

t.test('whoami', async t => {
  const { say, put } = await desk(t)
  t.match(await say('whoami', { actor: fred }), {
    says: 'You are fred, with the address fred@example.org.',
    gives: { username: 'fred', admin: false, token: null },
  })
  t.match(await say('whoami', { actor: operator }), {
    says: 'You are the operator, who may call every method.',
    gives: { username: null, addresses: [], admin: true },
  })
  await put('users', { ...agent(1, 'susan', ['a@example.org', 'b@example.org']), full_name: 'Susan Calvin' })
  const methods = ['whoami']
  const token = { label: 'invoices', hash: '', methods, created: '', expires: null, last_used: null }
  await put('tokens', { id: 4, user: 1, ...token })
  t.match(await say('whoami', { actor: susan, token: 4 }), {
    says: 'You are susan (Susan Calvin), with the addresses a@example.org, b@example.org. You logged in with token 4, invoices, which can call only whoami.',
    gives: { full_name: 'Susan Calvin', token: 4, label: 'invoices' },
  })
})
