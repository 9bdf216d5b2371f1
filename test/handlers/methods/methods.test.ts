import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tables } from '../../../data/indexes.ts'
import type { Author } from '../../../data/tables.ts'
import { methods } from '../../../handlers/index.ts'
import { SUSAN } from '../../house.ts'
import {
  agent,
  ann,
  desk,
  fred,
  LATER,
  machine,
  NOW,
  operator,
  QUEUE,
  refusal,
  susan,
  TICKET,
} from '../fixture.ts'

t.test('a hold is recorded with author, date and door', async t => {
  const { call, ticket, all } = await desk(t)
  const held = await call(
    'hold_ticket',
    { ticket: '31794', reason: 'the part' },
    { actor: fred, door: 'http' },
  )
  t.match(held, {
    says: 'Ticket 31794 is on hold.',
    gives: 'Ticket 31794 is on hold.',
    tickets: [31794],
    heard: [],
  })
  t.strictSame(await ticket(), { ...TICKET, on_hold: true, version: 2, modified: NOW })
  t.strictSame(await all('followups'), [
    {
      id: 1,
      ticket: 31794,
      date: NOW,
      comment: 'the part',
      public: false,
      author: fred,
      door: 'http',
      changes: [{ field: 'on_hold', from: false, to: true }],
      attachments: [],
      message_id: null,
    },
  ])
  await call(
    'unhold_ticket',
    { ticket: '31794' },
    { actor: operator, now: LATER, messageId: '<a@example.org>' },
  )
  t.match((await all('followups'))[1], {
    date: LATER,
    author: operator,
    comment: '',
    message_id: '<a@example.org>',
    changes: [{ field: 'on_hold', from: true, to: false }],
  })
  t.match(await ticket(), { on_hold: false, version: 3, modified: LATER })
  t.same(await all('letters'), [])
})

t.test('holding a ticket that is on hold succeeds and changes nothing', async t => {
  const { call, ticket, all } = await desk(t)
  t.match(await call('unhold_ticket', { ticket: '31794' }), { says: 'Ticket 31794 is not on hold.' })
  t.strictSame(await ticket(), TICKET)
  await call('hold_ticket', { ticket: '31794' })
  t.match(await call('hold_ticket', { ticket: '31794' }, { now: LATER }), {
    says: 'Ticket 31794 is on hold.',
    tickets: [31794],
  })
  t.match(await ticket(), { version: 2, modified: NOW })
  t.equal((await all('followups')).length, 1)
  await call('hold_ticket', { ticket: '31794', reason: 'still' })
  t.match((await all('followups'))[1], { comment: 'still', changes: [] })
})

t.test('the follow-ups of a ticket show when it was on hold', async t => {
  const { call, store } = await desk(t)
  const at = (hour: number) => `2026-03-01T${hour}:00:00.000Z`
  const steps: [number, string][] = [
    [10, 'hold_ticket'],
    [11, 'hold_ticket'],
    [12, 'unhold_ticket'],
    [13, 'unhold_ticket'],
    [14, 'hold_ticket'],
    [15, 'unhold_ticket'],
  ]
  for (const [hour, method] of steps) await call(method, { ticket: '31794' }, { now: at(hour) })
  await call('add_followup', { ticket: '31794', message: 'x' })
  const followups = await store.read(tx => tx.find('followups', { ticket: 31794 }))
  const turns = followups.flatMap(({ date, changes }) =>
    changes.filter(({ field }) => field === 'on_hold').map(({ to }) => [date, to]),
  )
  t.strictSame(turns, [
    [at(10), true],
    [at(12), false],
    [at(14), true],
    [at(15), false],
  ])
})

t.test('a ticket is created with the given values and the defaults', async t => {
  const { call, ticket, all, put } = await desk(t)
  const full = await call(
    'create_ticket',
    {
      queue: '1',
      title: '  Fire  ',
      body: 'It\r\nburns.',
      submitter_email: 'Ann@Example.net',
      assigned_to: 'fred',
      priority: '1',
      due_date: '2026-12-31',
    },
    { actor: susan, door: 'http' },
  )
  t.match(full, {
    gives: 31795,
    says: 'Ticket 31795 is open in queue Support.',
    tickets: [31795],
    heard: ['Ann@example.net', 'fred@example.org'],
  })
  t.strictSame(await ticket(31795), {
    id: 31795,
    version: 1,
    queue: 1,
    title: 'Fire',
    submitter_email: 'Ann@example.net',
    assigned_to: 2,
    status: 1,
    on_hold: false,
    priority: 1,
    due_date: '2026-12-31',
    resolution: null,
    opened_in: 'support',
    created: NOW,
    modified: NOW,
  })
  t.match(await all('followups'), [
    { ticket: 31795, comment: 'It\nburns.', public: true, author: susan, door: 'http', changes: [] },
  ])
  t.match(await all('letters'), [
    {
      event: 'opened',
      to: 'Ann@example.net',
      ticket: 31795,
      followup: 1,
      state: 'waiting',
      created: NOW,
      due: NOW,
      attempts: [],
    },
    { event: 'opened', to: 'fred@example.org', ticket: 31795, followup: 1 },
  ])

  await call('create_ticket', {
    queue: 'support',
    title: 'x'.repeat(100),
    body: '',
    priority: '',
    submitter_email: '',
  })
  t.match(await ticket(31796), {
    title: 'x'.repeat(100),
    priority: 3,
    submitter_email: null,
    assigned_to: null,
    due_date: null,
  })
  await put('queues', { ...QUEUE, default_owner: 2 })
  await call('create_ticket', { queue: '1', title: 'for fred' })
  await call('create_ticket', { queue: '1', title: 'for susan', assigned_to: '1' })
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), active: false })
  await call('create_ticket', { queue: '1', title: 'for nobody' })
  const owners = (await all('tickets')).slice(-3).map(({ assigned_to }) => assigned_to)
  t.same(
    owners,
    [2, 1, null],
    'the default owner, the named user, nobody while the default owner is inactive',
  )

  const wrong: [Record<string, string>, RegExp][] = [
    [{ title: 'x'.repeat(101) }, /^title: "x{40}…" has 101 characters; give at most 100\.$/],
    [{ title: ' \t ' }, /^title: there is no visible text/],
    [{ title: '' }, /^title is empty; give 1 to 100 characters on one line\.$/],
    [{ priority: '0' }, /^priority: "0" is not a whole number from 1 to 5\.$/],
    [{ priority: '6' }, /^priority/],
    [{ assigned_to: 'fred' }, /^assigned_to: fred is inactive; name an active user\.$/],
    [
      { submitter_email: 'ann' },
      /^submitter_email: "ann" is not a mail address; give one like susan@example\.org\.$/,
    ],
    [{ due_date: '2026-02-30' }, /^due_date: "2026-02-30" is not a date; give one like 2026-12-31\.$/],
    [{ attachments: 'x' }, /^attachments: this is not a file; attach/],
    [{ queue: '2' }, /^There is no queue 2\.$/],
  ]
  for (const [params, message] of wrong)
    t.match(await refusal(call('create_ticket', { queue: '1', title: 'x', ...params })), { message })
  t.equal((await all('tickets')).length, 6)
})

t.test('a deleted ticket leaves nothing, and its number is not used again', async t => {
  const { call, all, store, directory, put, ticket } = await desk(t)
  const file = (text: string) => store.files.put(Buffer.from(text))
  const attached = async (text: string) => [
    { file: await file(text), filename: 'a.txt', mime_type: 'text/plain', size: text.length },
  ]
  const raw = {
    peer: '::1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: '',
    message_id: null,
    verdict: 'ticket',
    reasons: [],
    user: null,
    received: NOW,
  } as const
  const create = { queue: '1', title: 'x', submitter_email: 'ann@example.net' }
  await call('create_ticket', { ...create, attachments: await attached('secret plan') })
  await call('create_ticket', { ...create, title: 'other', attachments: await attached('other plan') })
  await put('mails', { ...raw, id: 1, tickets: [31795], raw: await file('raw of one') })
  await put('mails', { ...raw, id: 2, tickets: [31795, 31796], raw: await file('raw of both') })
  const files = () =>
    readdirSync(join(directory, 'files'), { recursive: true, withFileTypes: true }).filter(one =>
      one.isFile(),
    ).length
  t.equal(files(), 4)

  t.match(await refusal(call('delete_ticket', { ticket: '31795' })), {
    message: 'confirm is missing; give any value.',
  })
  t.match(await refusal(call('delete_ticket', { ticket: '31795', confirm: '' })), {
    message: 'confirm is empty; give any value.',
  })
  t.ok(await ticket(31795))
  t.match(await call('delete_ticket', { ticket: '31795', confirm: 'n' }), {
    says: 'Ticket 31795 is deleted.',
    heard: [],
  })
  t.equal(await ticket(31795), undefined)
  for (const table of ['followups', 'letters'] as const)
    t.same([...new Set((await all(table)).map(one => one.ticket))], [31796], table)
  t.match(await all('mails'), [{ id: 2, tickets: [31796] }])
  t.equal(files(), 2, 'its attachment and the mail that is only about this ticket are deleted')
  t.match(await refusal(call('delete_ticket', { ticket: '31795', confirm: 'y' })), { code: 'not_found' })

  await call('delete_ticket', { ticket: '31796', confirm: 'y' })
  t.equal(files(), 0)
  for (const table of tables)
    t.same((await all(table)).length, { queues: 1, users: 2, tickets: 1 }[table as string] ?? 0, table)
  t.match(await call('create_ticket', create), { gives: 31797 })
})

t.test('a ticket is resolved, and resolved again', async t => {
  const { call, ticket, all, put } = await desk(t)
  await put('tickets', { ...TICKET, submitter_email: 'ann@example.net', assigned_to: 2 })
  const done = await call('resolve', { ticket: '31794', resolution: 'The fuse.' })
  t.match(done, { says: 'Ticket 31794 is resolved.', heard: ['ann@example.net', 'fred@example.org'] })
  t.match(await ticket(), { status: 3, resolution: 'The fuse.', version: 2 })
  await call('resolve', { ticket: '31794', resolution: 'The fuse.' })
  await call('resolve', { ticket: '31794', resolution: 'The plug.' })
  t.match(await ticket(), { status: 3, resolution: 'The plug.', version: 4 })
  t.match(await all('followups'), [
    {
      comment: 'The fuse.',
      public: true,
      changes: [
        { field: 'status', from: 1, to: 3 },
        { field: 'resolution', from: null, to: 'The fuse.' },
      ],
    },
    { comment: 'The fuse.', public: true, changes: [] },
    { comment: 'The plug.', changes: [{ field: 'resolution', from: 'The fuse.', to: 'The plug.' }] },
  ])
  t.equal((await all('letters')).filter(({ event }) => event === 'resolved').length, 6)
})

t.test('a follow-up is private by default', async t => {
  const { call, all, ticket } = await desk(t)
  const says = async (params: Record<string, string>) =>
    (await call('add_followup', { ticket: '31794', message: 'x', ...params })).says
  t.equal(await says({}), 'A private follow-up is added to ticket 31794.')
  t.equal(await says({ public: 'n' }), 'A private follow-up is added to ticket 31794.')
  t.equal(await says({ public: '' }), 'A private follow-up is added to ticket 31794.')
  t.equal(await says({ public: 'y' }), 'A public follow-up is added to ticket 31794.')
  t.same(
    (await all('followups')).map(one => one.public),
    [false, false, false, true],
  )
  t.match(await ticket(), { version: 5, status: 1, modified: NOW })
})

t.test('an answer of a person reopens a ticket, one of a machine or of a user does not', async t => {
  const { call, put, ticket, all } = await desk(t)
  const table = [
    [3, ann, 2],
    [4, ann, 2],
    [1, ann, 1],
    [2, ann, 2],
    [5, ann, 2],
    [3, machine, 3],
    [4, machine, 4],
    [3, fred, 3],
    [3, operator, 3],
  ] as const
  for (const [before, actor, after] of table) {
    await put('tickets', { ...TICKET, status: before })
    await call('add_followup', { ticket: '31794', message: 'x' }, { actor, door: 'mail' })
    t.match(await ticket(), { status: after }, `${before} and ${JSON.stringify(actor)}`)
  }
  t.match(await all('followups'), [{ author: ann, changes: [{ field: 'status', from: 3, to: 2 }] }])
})

t.test('users are added and changed', async t => {
  const { call, all, put } = await desk(t)
  await put('queues', {
    ...QUEUE,
    id: 2,
    slug: 'sales',
    title: 'Sales',
    email_address: 'sales@helpdesk.example',
  })
  const tom = { username: 'tom', email: 'Tom@Example.org, tom@home.example' }
  t.match(await call('add_user', { ...tom, full_name: 'Tom  Jones' }), {
    gives: 3,
    says: 'User tom is added with the id 3.',
  })
  t.strictSame((await all('users'))[2], {
    id: 3,
    username: 'tom',
    full_name: 'Tom  Jones',
    addresses: ['tom@example.org', 'tom@home.example'],
    addresses_since: NOW,
    password_hash: null,
    admin: false,
    active: true,
  })
  const taken: [string, Record<string, string>, string][] = [
    [
      'add_user',
      { username: 'tom', email: 'x@example.org' },
      'The username tom is taken by user 3; choose another.',
    ],
    [
      'add_user',
      { username: 'x', email: 'x@example.org,TOM@home.example' },
      'The address tom@home.example is taken by user tom; choose another.',
    ],
    [
      'add_user',
      { username: 'x', email: 'sales@helpdesk.example' },
      'The address sales@helpdesk.example is taken by queue Sales; choose another.',
    ],
    [
      'change_user',
      { username: 'fred', email: 'tom@example.org' },
      'The address tom@example.org is taken by user tom; choose another.',
    ],
  ]
  for (const [method, params, message] of taken)
    t.match(await refusal(call(method, params)), { code: 'conflict', message })
  t.match(
    await call('add_user', { username: 'Tom', email: 'big@example.org', admin: 'y' }),
    { gives: 4 },
    'usernames are case-sensitive',
  )

  t.match(await call('change_user', { username: '3', full_name: '', active: 'n' }), {
    says: 'User tom is changed.',
  })
  t.match((await all('users'))[2], {
    full_name: '',
    active: false,
    addresses: ['tom@example.org', 'tom@home.example'],
  })
  await call('change_user', {
    username: 'tom',
    email: 'tom@home.example,new@example.org',
    active: 'y',
    admin: 'y',
  })
  t.match((await all('users'))[2], {
    active: true,
    admin: true,
    addresses: ['tom@home.example', 'new@example.org'],
  })
  t.match(
    await call('add_user', { username: 'x', email: 'tom@example.org' }),
    { gives: 5 },
    'an address that a user no longer has is free',
  )
})

t.test('the last active administrator cannot be removed without force', async t => {
  const { call, all } = await desk(t)
  const change = (params: Record<string, string>) =>
    call('change_user', { username: 'susan', ...params }, { actor: operator })
  const refused = {
    code: 'invalid',
    message:
      'susan is the last active administrator; make another user an administrator first, or give force=y.',
  }
  const wishes: Record<string, string>[] = [
    { active: 'n' },
    { admin: 'n' },
    { admin: 'n', active: 'n' },
    { active: 'n', force: 'n' },
  ]
  for (const params of wishes) t.match(await refusal(change(params)), refused)
  await call('change_user', { username: 'fred', admin: 'y', active: 'n' })
  t.match(await refusal(change({ active: 'n' })), refused, 'an inactive administrator does not count')
  t.match(await change({ full_name: 'Susan Bones', admin: 'y', active: 'y' }), { says: /is changed/ })
  await call('change_user', { username: 'fred', active: 'y' })
  await change({ admin: 'n' })
  t.match((await all('users'))[0], { admin: false, active: true })
  await change({ active: 'n' })
  t.match(await refusal(call('change_user', { username: 'fred', admin: 'n' }, { actor: operator })), {
    message: /^fred is the last active administrator/,
  })
  await call('change_user', { username: 'fred', admin: 'n', force: 'y' }, { actor: operator })
  t.match((await all('users'))[1], { admin: false })
})

t.test('an inactive user can do nothing', async t => {
  const { call } = await desk(t)
  await call('change_user', { username: 'fred', active: 'n' })
  t.match(await refusal(call('list_queues', {}, { actor: fred })), { code: 'unauthenticated' })
})

t.test('users set their own passwords, administrators any', async t => {
  const { call, all } = await desk(t)
  const set = (username: string, actor = fred) =>
    call('set_password', { username, new_password: `for ${username} alone` }, { actor })
  t.match(await set('fred'), { says: 'The password of fred is set.', gives: 'The password of fred is set.' })
  const [, { password_hash: first }] = (await all('users')) as [unknown, { password_hash: string }]
  t.match(await refusal(set('susan')), {
    code: 'forbidden',
    message: 'Only an administrator can set the password of another user.',
  })
  await set('fred', susan)
  await set('susan', operator)
  const [ofSusan, ofFred] = (await all('users')).map(({ password_hash }) => password_hash)
  t.match(ofSusan, /^\$2b\$/)
  t.not(ofFred, first, 'no two hashes are the same')
})

t.test('queues are added and changed', async t => {
  const { call, all } = await desk(t)
  const sales = {
    title: 'Sales',
    slug: 'sales',
    email_address: 'Sales@Helpdesk.example',
    new_ticket_cc: 'boss@example.org, Boss@example.org',
    updated_ticket_cc: 'log@example.org',
    escalate_days: '3',
    default_owner: 'fred',
    locale: 'de',
  }
  t.match(await call('add_queue', sales), {
    gives: 2,
    says: /^Queue Sales is added with the id 2\. Letters about its new tickets go to fred@example\.org, Boss@example\.org and log@example\.org\. Mail to the helpdesk's own address goes to queue Support, /,
  })
  t.strictSame((await all('queues'))[1], {
    id: 2,
    title: 'Sales',
    slug: 'sales',
    email_address: 'sales@helpdesk.example',
    new_ticket_cc: ['Boss@example.org'],
    updated_ticket_cc: ['log@example.org'],
    escalate_days: 3,
    default_owner: 2,
    locale: 'de',
  })
  await call('add_queue', { title: 'Plain', slug: 'plain', escalate_days: '0' })
  t.match((await all('queues'))[2], {
    email_address: null,
    new_ticket_cc: [],
    escalate_days: null,
    default_owner: null,
    locale: 'auto',
  })

  const taken: [string, Record<string, string>, string][] = [
    ['add_queue', { title: 'x', slug: 'sales' }, 'The slug sales is taken by queue Sales; choose another.'],
    [
      'add_queue',
      { title: 'x', slug: 'x', email_address: 'SALES@helpdesk.example' },
      'The address sales@helpdesk.example is taken by queue Sales; choose another.',
    ],
    [
      'add_queue',
      { title: 'x', slug: 'x', email_address: 'fred@example.org' },
      'The address fred@example.org is taken by user fred; choose another.',
    ],
    [
      'change_queue',
      { queue: 'plain', slug: 'support' },
      'The slug support is taken by queue Support; choose another.',
    ],
    [
      'change_queue',
      { queue: 'plain', email_address: 'support@helpdesk.example' },
      'The address support@helpdesk.example is taken by queue Support; choose another.',
    ],
  ]
  for (const [method, params, message] of taken)
    t.match(await refusal(call(method, params)), { code: 'conflict', message })

  const before = (await all('queues'))[1]
  t.match(await call('change_queue', { queue: 'sales' }), { says: 'Queue Sales is changed.' })
  t.strictSame((await all('queues'))[1], before, 'parameters that are left out stay unchanged')
  await call('change_queue', {
    queue: '2',
    slug: 'sales',
    title: 'Selling',
    email_address: 'sales@helpdesk.example',
  })
  t.match((await all('queues'))[1], { title: 'Selling', email_address: 'sales@helpdesk.example' })
  const cleared = {
    email_address: '',
    new_ticket_cc: '',
    updated_ticket_cc: '',
    escalate_days: '',
    default_owner: '',
  }
  await call('change_queue', { queue: '2', ...cleared })
  t.strictSame((await all('queues'))[1], {
    id: 2,
    title: 'Selling',
    slug: 'sales',
    email_address: null,
    new_ticket_cc: [],
    updated_ticket_cc: [],
    escalate_days: null,
    default_owner: null,
    locale: 'de',
  })
})

t.test('list_queues, find_user and list_users', async t => {
  const { call } = await desk(t)
  t.match(await call('find_user', { username: 'fred' }), { gives: 2, says: 'User fred has the id 2.' })
  for (const username of ['Fred', 'FRED', 'tom', '2'])
    t.match(await refusal(call('find_user', { username })), {
      code: 'not_found',
      message: `There is no user "${username}"; usernames are case-sensitive.`,
    })
  await call('add_queue', { title: 'Alarm', slug: 'alarm' })
  t.strictSame(await call('list_queues'), {
    says: '2 alarm Alarm\n1 support Support',
    gives: [
      { id: 2, title: 'Alarm' },
      { id: 1, title: 'Support' },
    ],
    tickets: [],
    heard: [],
    heldBack: [],
  })
  await call('change_user', { username: 'fred', active: 'n' })
  const { says, gives } = await call('list_users')
  t.equal(says, '1 susan susan@example.org administrator\n2 fred fred@example.org inactive')
  t.match(gives, [
    { id: 1, username: 'susan', addresses: ['susan@example.org'], admin: true, active: true },
    { id: 2, username: 'fred', addresses: ['fred@example.org'], admin: false, active: false },
  ])
})

t.test('help describes all methods that a door offers', async t => {
  const { call } = await desk(t)
  const told = async (topic: string, door: 'shell' | 'mail' = 'shell') =>
    (await call('help', { topic }, { door })).says
  const shell = await told('')
  for (const { name, summary, doors } of methods.values())
    t.equal(shell.includes(summary), !doors || doors.includes('shell'), name)
  t.notMatch(await told('', 'mail'), /set_password|add_user|report_letter/)
  t.match(await told('HOLD'), /^hold <ticket> \[until <until>\]\[: <reason>\]\nPut a ticket on hold\. /)
  t.equal(await told('hold_ticket'), await told('hold'))
  t.match(await told('help'), /^help \[<topic>\]\n/)
  for (const { name, params, doors } of methods.values()) {
    if (doors && !doors.includes('shell')) continue
    const text = await told(name)
    for (const [param, { fromDoor }] of Object.entries(params))
      t.equal(new RegExp(`^  ${param} +[A-Z]`, 'm').test(text), !fromDoor, `${name} ${param}`)
    t.notMatch(text, /undefined|\.\.| {2}\./, name)
  }
  t.match(await refusal(call('help', { topic: 'hodl' })), {
    code: 'not_found',
    message: 'There is no method "hodl"; "help" lists the methods.',
  })
  t.match(await refusal(told('set_password', 'mail')), { code: 'not_found' })
})

t.test('a watcher leaves a ticket', async t => {
  const { call, put, all, ticket } = await desk(t)
  const EVE = 'Eve@example.net'
  const parties = { assigned_to: 2, watchers: [EVE, 'bob@example.net'], unconfirmed_watchers: [EVE] }
  await put('tickets', { ...TICKET, ...parties })
  const stop = (params: object, actor: Author = ann, isNothingNew = false) =>
    call('stop_watching', { ticket: '31794', ...params }, { actor, door: 'daemon', isNothingNew })
  t.match(await stop({ email: 'eve@EXAMPLE.net', message: '-- \nEve' }, ann, true), { heard: [] })
  t.match(await ticket(), { watchers: ['bob@example.net'], unconfirmed_watchers: [], version: 2 })
  t.match(await all('followups'), [
    { comment: '', public: false, door: 'mail', changes: [{ field: 'watchers', from: EVE, to: null }] },
  ])
  t.match(await stop({ email: EVE }), {
    says: 'Eve@example.net gets no more letters about ticket 31794.',
    heard: [],
  })
  t.match(await stop({}), { says: 'Nobody more stops watching ticket 31794.' })
  t.match(await stop({ message: 'I am away.' }, machine), { heard: [] })
  t.match(await ticket(), { version: 2 }, 'nothing happens twice')
  t.match(
    await stop({ message: 'What is this?' }),
    { heard: ['fred@example.org'] },
    'a text is told to staff',
  )
  t.match((await all('followups')).at(-1), { comment: 'What is this?', public: false })
  t.match(await call('stop_watching', { ticket: '9', email: EVE }, { actor: ann, door: 'daemon' }), {
    tickets: [],
  })
})

t.test('a letter that failed is recorded, and its author is told', async t => {
  const { call, put, all } = await desk(t)
  await put('tickets', { ...TICKET, submitter_email: 'ann@example.net' })
  await call('add_followup', { ticket: '31794', message: 'x', public: 'y' })
  const daemon = { actor: { kind: 'daemon' }, door: 'mail' } as const
  const said = await call('report_letter', { letter: '1', reply: '550 5.1.1 no such mailbox' }, daemon)
  t.match(said, {
    says: 'The letter to ann@example.net has failed.',
    tickets: [31794],
    heard: [SUSAN.address],
  })
  t.match(await all('letters'), [
    { state: 'failed', attempts: [{ at: NOW, reply: '550 5.1.1 no such mailbox' }] },
    { event: 'letter_failed', to: SUSAN.address, followup: 2 },
  ])
  t.match((await all('followups'))[1], {
    public: false,
    author: { kind: 'daemon' },
    comment: 'The letter to ann@example.net did not arrive: 550 5.1.1 no such mailbox',
  })
  t.match(await refusal(call('report_letter', { letter: '9', reply: 'x' }, daemon)), {
    code: 'not_found',
    message: 'There is no letter 9.',
  })
})
