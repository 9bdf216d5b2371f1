import t, { type Test } from 'tap'
import type { Followup } from '../../../data/tables.ts'
import type { WholeTicket } from '../../../handlers/tickets/whole.ts'
import { ann, type Desk, desk, fred, NOW, operator, QUEUE, refusal, susan, TICKET } from '../fixture.ts'

const FOLLOWUP: Omit<Followup, 'id'> = {
  ticket: TICKET.id,
  date: NOW,
  comment: 'A word.',
  public: false,
  author: susan,
  door: 'http',
  changes: [],
  attachments: [],
  message_id: null,
}

async function whole({ call }: Desk, ticket = TICKET.id): Promise<WholeTicket> {
  return (await call('get_ticket', { ticket })).gives as WholeTicket
}

async function furnished(t: Test): Promise<Desk> {
  const made = await desk(t)
  await made.put('users', { ...(await made.all('users'))[1]!, full_name: 'Fred Bones' })
  await made.put('tickets', { ...TICKET, submitter_email: 'Ann@example.net' })
  await made.put('tickets', {
    ...TICKET,
    id: 12,
    submitter_email: 'ann@example.net',
    status: 3,
    modified: '2025-11-03T10:00:00.000Z',
  })
  await made.call('add_followup', { ticket: TICKET.id, message: 'It smokes.', public: true }, { actor: ann })
  await made.call('create_ticket', { queue: 'support', title: 'Other' })
  const file = { file: 'a'.repeat(64), filename: 'fuse.txt', mime_type: 'text/plain', size: 5 }
  await made.call(
    'add_followup',
    { ticket: TICKET.id, message: 'Look.', attachments: [file, file] },
    { actor: fred },
  )
  await made.say('priority 31794 1')
  await made.say('resolve 31794: A new fuse.', { actor: fred })
  return made
}

t.test('a thread, for people', async t => {
  const made = await furnished(t)
  const { says } = await made.say('show 31794')
  t.equal(
    says,
    `31794 The printer is on fire
Support · resolved · P1 · times in UTC
Owner: nobody
Submitter: Ann@example.net
Ann@example.net asked 2 times; last: #12, resolved 3 November 2025

#1 ann@example.net · 2026-03-01 12:00 · public
It smokes.
Letters: susan@example.org waiting

#2 Fred Bones · 2026-03-01 12:00 · private
Look.
Attachment 1: fuse.txt (5 bytes)
Attachment 2: fuse.txt (5 bytes)

#3 susan · 2026-03-01 12:00 · private
priority: 3 → 1

#4 Fred Bones · 2026-03-01 12:00 · public
A new fuse.
status: open → resolved
Letters: Ann@example.net waiting`,
  )
})

t.test('a thread, for programs', async t => {
  const made = await furnished(t)
  const { followups, ...facts } = await whole(made)
  t.match(facts, {
    ticket: TICKET.id,
    version: 5,
    queue: { id: 1, slug: 'support', title: 'Support' },
    status: 'resolved',
    owner: null,
    resolution: 'A new fuse.',
    watchers: [],
    left_out: 0,
  })
  t.match(followups, [
    { number: 1, author: 'ann@example.net', author_kind: 'submitter', public: true },
    { number: 2, author: 'Fred Bones', attachments: [{ attachment: 1 }, { attachment: 2, size: 5 }] },
    { number: 3, changes: [{ field: 'priority', from: 3, to: 1 }] },
    {
      number: 4,
      changes: [{ field: 'status', from: 'open', to: 'resolved' }, { field: 'resolution' }],
      letters: [{ to: 'Ann@example.net', event: 'resolved', state: 'waiting' }],
    },
  ])
  await made.put('followups', {
    ...FOLLOWUP,
    id: 100,
    comment_file: 'b'.repeat(64),
    changes: [
      { field: 'assigned_to', from: null, to: 2 },
      { field: 'assigned_to', from: 2, to: 99 },
      { field: 'queue', from: 1, to: 9 },
    ],
  })
  const last = (await whole(made)).followups.at(-1)
  t.match(last, {
    number: 5,
    is_beginning: true,
    changes: [
      { field: 'owner', from: null, to: 'fred' },
      { field: 'owner', from: 'fred', to: 'user 99' },
      { field: 'queue', from: 'support', to: 9 },
    ],
  })
  t.match(
    (await made.say('show 31794')).says,
    /A word\.\n\(This is only the beginning\.\)\nowner: nobody → fred/,
  )
})

t.test('a long thread ends with the newest', async t => {
  const made = await desk(t)
  await made.store.transact(async tx => {
    for (let n = 1; n <= 60; n++)
      await tx.add('followups', { ...FOLLOWUP, comment: `${n} ${'ö'.repeat(2000)}` })
  })
  const { says } = await made.say('show 31794')
  t.ok(Buffer.byteLength(says) < 32 * 1024)
  t.match(says, /\n\n\((5[0-9]) earlier follow-ups are left out\.\)\n\n#5\d susan/)
  t.match(says, /\n#60 susan/)
  t.equal((await whole(made)).followups.length, 60)

  await made.store.transact(async tx => {
    for (let n = 1; n <= 21; n++) await tx.add('followups', { ...FOLLOWUP, comment: 'x'.repeat(60_000) })
  })
  const { left_out, followups } = await whole(made)
  t.equal(left_out, 81 - 17)
  t.same([followups.length, followups[0]!.number], [17, 65])
  await made.put('followups', { ...FOLLOWUP, id: 999, comment: 'y'.repeat(60_000) })
  const text = (await made.say('show 31794')).says
  t.match(text.slice(0, 200), /\(79 earlier follow-ups are left out\.\)\n\n#80 susan/)
  t.ok(text.endsWith(`\n${'y'.repeat(8192)}\n(This is only the beginning.)`))
})

t.test('next', async t => {
  const made = await desk(t)
  await made.put('queues', { ...QUEUE, id: 2, slug: 'sales', title: 'Sales', email_address: null })
  for (const [at, fields] of [
    { priority: 2, due_date: '2026-03-05' },
    { priority: 2, due_date: '2026-03-04' },
    { priority: 2, due_date: '2026-03-05' },
    { priority: 1, assigned_to: 2 },
    { priority: 1, on_hold: true },
    { priority: 1, status: 3 },
    { priority: 4, queue: 2, status: 2 },
    { priority: 2 },
  ].entries())
    await made.put('tickets', { ...TICKET, ...fields, id: at + 1 } as typeof TICKET)
  t.match((await made.say('next sales', { actor: fred })).gives, { ticket: 7, owner: 'fred', version: 2 })
  t.match(await refusal(made.say('next sales')), {
    code: 'not_found',
    message: 'There is no free ticket in queue Sales.',
  })
  const order: number[] = []
  for (let n = 0; n < 5; n++)
    order.push(((await made.say('next', { actor: fred })).gives as WholeTicket).ticket)
  t.same(order, [2, 1, 3, 8, TICKET.id])
  t.match(await refusal(made.say('next')), { message: 'There is no free ticket.' })
  t.match(await refusal(made.say('next', { actor: operator })), {
    code: 'forbidden',
    message: /^Only a user can take/,
  })
  t.match((await whole(made, 2)).followups, [{ changes: [{ field: 'owner', from: null, to: 'fred' }] }])
})
