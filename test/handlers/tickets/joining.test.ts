import t from 'tap'
import type { Author } from '../../../data/tables.ts'
import { FRED, SUSAN } from '../../house.ts'
import { agent, ann, desk, machine, operator, QUEUE, TICKET } from '../fixture.ts'

const EVE = 'Eve@example.net'
const CC = 'cc@example.org'
const mailFrom = (address: string) => ({ kind: 'submitter', address, automatic: false }) as const

t.test('who joins a ticket from To and Cc of a mail', async t => {
  const { call, put, all } = await desk(t)
  await put('queues', { ...QUEUE, updated_ticket_cc: [CC], default_owner: 2 })
  await put('queues', {
    ...QUEUE,
    id: 2,
    slug: 'sales',
    email_address: null,
    new_ticket_cc: ['sales@example.org'],
  })
  await put('users', { ...agent(3, 'tom', ['tom@example.org']), queues: [2] })
  const open = async (joining: string[], actor: Author = ann) => {
    const params = { queue: '1', title: 'x', submitter_email: 'ann@example.net' }
    await call('create_ticket', params, { actor, door: 'mail', joining })
    const { watchers, unconfirmed_watchers } = (await all('tickets')).at(-1)!
    return { watchers, unconfirmed_watchers }
  }
  t.same(await open([]), { watchers: undefined, unconfirmed_watchers: undefined })
  t.same(
    await open(['ANN@example.net', FRED.address, CC, 'tom@example.org'].map(one => one.toUpperCase())),
    { watchers: undefined, unconfirmed_watchers: undefined },
    'not the sender, the owner, a CC address, a user who does not see the queue',
  )
  t.same(
    await open([EVE, SUSAN.address, 'sales@example.org', 'EVE@example.net']),
    { watchers: [EVE, SUSAN.address, 'sales@example.org'], unconfirmed_watchers: [EVE] },
    'agents and CC addresses of other queues are confirmed',
  )
  t.match((await all('followups')).at(-1)?.changes, [{ field: 'watchers', from: null, to: EVE }])
  const thirty = Array.from({ length: 30 }, (_, n) => `w${n}@example.net`)
  t.same((await open([FRED.address, ...thirty])).watchers, thirty.slice(0, 10), 'the first ten')
})

t.test('those beyond fifty are left out, and those who have left', async t => {
  const { call, put, ticket, say } = await desk(t)
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `w${from + n}@example.net`)
  await put('tickets', { ...TICKET, submitter_email: 'ann@example.net', watchers: many(0, 48) })
  const add = (joining: string[], actor: Author = ann) =>
    call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor, door: 'mail', joining })
  await add(many(44, 8))
  t.same((await ticket())?.watchers, many(0, 50))
  t.same((await ticket())?.unconfirmed_watchers, many(48, 2))
  await say('unwatch 31794 W3@example.net')
  await say('unwatch 31794 w48@example.net')
  t.same((await ticket())?.unconfirmed_watchers, ['w49@example.net'])
  await add(['w3@example.net', 'W48@example.net', EVE])
  t.match(await ticket(), { watchers: { length: 49 }, unconfirmed_watchers: ['w49@example.net', EVE] })
  await say('watch 31794 w3@example.net')
  t.match(await ticket(), { watchers: { length: 50 } })
})

t.test('an unconfirmed watcher hears of what agents write alone, until writing', async t => {
  const { call, put, ticket, all, say } = await desk(t)
  await put('tickets', { ...TICKET, submitter_email: 'ann@example.net', assigned_to: 2 })
  const add = async (actor: Author, joining: string[] = [], params = {}, hasMark = true) => {
    const message = { ticket: '31794', message: 'x', public: 'y', ...params }
    return (await call('add_followup', message, { actor, door: 'mail', joining, hasMark })).heard
  }
  t.same(await add(ann, [EVE]), [FRED.address])
  t.same(await add(ann), [FRED.address])
  t.same(await add(machine), [FRED.address])
  t.same(await add({ kind: 'user', user: 1 }), ['ann@example.net', EVE, FRED.address])
  t.same(await add(operator), ['ann@example.net', EVE, FRED.address])
  t.same(await add(operator, [], { public: 'n' }), [FRED.address])
  t.match(
    (await call('get_ticket', { ticket: '31794' })).says,
    /^Watchers by To or Cc, who get only what agents write: Eve@example\.net$/m,
  )
  t.match((await call('get_ticket', { ticket: '31794' })).gives, {
    watchers: [EVE],
    unconfirmed_watchers: [EVE],
  })
  await add({ ...mailFrom(EVE), automatic: true })
  t.match(await ticket(), { unconfirmed_watchers: [EVE] }, 'not by an automatic reply')
  await add(mailFrom('EVE@example.net'), [], { public: 'n' }, false)
  t.match(await ticket(), { unconfirmed_watchers: [EVE] }, 'nor by a mail without the mark of a letter')
  await add(mailFrom('EVE@example.net'), [], { public: 'n' })
  t.match(await ticket(), { watchers: [EVE], unconfirmed_watchers: [] })
  t.match((await all('followups')).at(-1), {
    changes: [{ field: 'unconfirmed_watchers', from: EVE, to: null }],
  })
  t.match((await say('history 31794')).says, /unconfirmed watchers from Eve@example\.net to nothing$/)
  t.same(await add(ann), [EVE, FRED.address])
  await put('tickets', { ...TICKET, watchers: [EVE], unconfirmed_watchers: [EVE] })
  await say('watch 31794 eve@example.net')
  t.match(await ticket(), { watchers: [EVE], unconfirmed_watchers: [], version: 2 }, 'an agent confirms')
})

t.test('whoever is unconfirmed at a duplicate stays so at the other ticket', async t => {
  const { put, ticket, say } = await desk(t)
  const [BOB, ZOE, JIM] = ['bob@example.net', 'zoe@example.net', 'jim@example.net']
  await put('tickets', {
    ...TICKET,
    id: 5,
    submitter_email: JIM,
    watchers: [EVE, BOB, ZOE, JIM],
    unconfirmed_watchers: [EVE, BOB, JIM],
  })
  await put('tickets', { ...TICKET, watchers: [BOB, ZOE], unconfirmed_watchers: [ZOE] })
  await say('duplicate 5 of 31794')
  const { watchers, unconfirmed_watchers } = (await ticket())!
  t.same([...watchers!].sort(), [EVE, BOB, JIM, ZOE].sort())
  t.same(unconfirmed_watchers, [EVE])
})

t.test('who has a mail already gets no letter about it', async t => {
  const { call, put } = await desk(t)
  const watchers = [EVE, 'bob@example.net']
  const has = ['eve@example.net', CC, FRED.address, 'ann@example.net']
  await put('queues', { ...QUEUE, updated_ticket_cc: [CC] })
  await put('tickets', { ...TICKET, submitter_email: 'ann@example.net', assigned_to: 2, watchers })
  const add = async (actor: Author, alreadyHave = has) => {
    const params = { ticket: '31794', message: 'x', public: 'y' }
    return (await call('add_followup', params, { actor, door: 'mail', alreadyHave })).heard
  }
  t.same(await add(ann), ['bob@example.net', FRED.address, CC], 'an unproven mail may only say so of staff')
  const proven = { ...mailFrom(SUSAN.address), proven: true }
  t.same(await add(proven), ['bob@example.net'])
  await put('queues', QUEUE)
  t.same(
    await add(proven, [FRED.address]),
    ['ann@example.net', EVE, 'bob@example.net'],
    'nobody else has to act',
  )
  const open = { queue: '1', title: 'x', submitter_email: 'Ann@example.net' }
  const opened = async (actor: Author) =>
    (await call('create_ticket', open, { actor, door: 'mail', alreadyHave: ['ann@example.net'] })).heard
  t.same(await opened(ann), ['Ann@example.net', SUSAN.address], 'the acknowledgement says more than the mail')
  t.same(await opened(mailFrom(EVE)), [SUSAN.address])
})
