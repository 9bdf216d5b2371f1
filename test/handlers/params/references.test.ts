import t from 'tap'
import { queue, ticket, user } from '../../../handlers/params/references.ts'
import { agent, desk, QUEUE, refusal } from '../fixture.ts'
import { accepted, NEVER_A_NUMBER, parsed } from './parsed.ts'

t.test('ids are canonical decimals from 1 to 2^53 - 1', async t => {
  for (const kind of [ticket('x'), queue('x'), user('x')]) {
    for (const text of NEVER_A_NUMBER) {
      const isName = !kind.namesTicket && (text === 'constructor' || /^(NaN|Infinity)$/.test(text))
      if (!isName)
        t.match(parsed(kind, text), { sentence: / is not / }, `${kind.rule}: ${JSON.stringify(text)}`)
    }
    t.equal(parsed(kind, '1'), 1)
    t.equal(accepted(kind, 1), 1)
    for (const value of [0, -1, 1.5, 2 ** 53, Number.NaN, true, false, [], { beginning: '1' }])
      t.match(
        accepted(kind, value),
        { sentence: / is not a (ticket number|queue id|user id)/ },
        String(value),
      )
  }
  t.equal(parsed(ticket('x'), '9007199254740991'), Number.MAX_SAFE_INTEGER)
  t.same(parsed(ticket('x'), '0'), {
    sentence: '"0" is not a ticket number; numbers go from 1 to 9007199254740991.',
  })
  t.same(parsed(ticket('x'), '007'), {
    sentence: '"007" is not a ticket number; leave out the zeros in front.',
  })
  t.same(accepted(ticket('x'), 0), {
    sentence: '0 is not a ticket number; numbers go from 1 to 9007199254740991.',
  })
  t.same(accepted(ticket('x'), 1.5), {
    sentence: '1.5 is not a ticket number; give only digits, like 31794.',
  })
  t.same(parsed(queue('x'), 'Help Desk'), {
    sentence: '"Help Desk" is not a queue id or slug; give one like 1 or support.',
  })
})

t.test('a ticket, a queue or a user is loaded, or refused if it does not exist', async t => {
  const { call, put, ticket } = await desk(t)
  t.match(await refusal(call('hold_ticket', { ticket: '7' })), {
    code: 'not_found',
    message: 'There is no ticket 7.',
  })
  await call('create_ticket', { queue: 'SUPPORT', title: 'By slug', assigned_to: 'Fred' })
  t.match(await ticket(31795), { queue: 1, assigned_to: 2 })
  await put('queues', { ...QUEUE, id: 7, slug: 'constructor', email_address: null })
  t.match(await call('create_ticket', { queue: 'constructor', title: 'x', assigned_to: '2' }), {
    gives: 31796,
  })
  await call('create_ticket', { queue: 7, title: 'By ids', assigned_to: 2 })
  t.match(await ticket(31797), { queue: 7, assigned_to: 2 }, 'a number is an id')
  for (const queue of ['2', 'sales', 'tostring'])
    t.match(await refusal(call('create_ticket', { queue, title: 'x' })), {
      code: 'not_found',
      message: `There is no queue ${queue}.`,
    })
  for (const user of ['3', 'Frederic', 'constructor'])
    t.match(await refusal(call('create_ticket', { queue: '1', title: 'x', assigned_to: user })), {
      code: 'not_found',
      message: `There is no user ${user}.`,
    })
  await put('users', { ...agent(3, 'gone', ['gone@example.org']), active: false })
  t.match(await refusal(call('create_ticket', { queue: '1', title: 'x', assigned_to: '3' })), {
    code: 'invalid',
    message: 'assigned_to: gone is inactive; name an active user.',
  })
})

t.test('a ticket is named by its reference, too', async t => {
  const { call, ticket, put } = await desk(t)
  const create = (reference: string) => call('create_ticket', { queue: '1', title: 'x', reference })
  const long = '\u{1f600}'.repeat(200)
  for (const [at, name] of ['INV-7', 'https://erp.example/7?a=b', 'é', long].entries()) {
    t.match(await create(name), { gives: 31795 + at })
    t.match(await ticket(31795 + at), { reference: name })
    t.match(await call('hold_ticket', { ticket: `ref:${name}` }), {
      says: `Ticket ${31795 + at} is on hold.`,
    })
    t.match(await refusal(create(name)), {
      code: 'conflict',
      message: /^The reference ".+" is taken by ticket /,
    })
  }
  for (const bad of ['a b', 'a,b', 'a\nb', 'a\u200bb', `${long}x`, '\0', ' '])
    t.match(await refusal(create(bad)), {
      code: 'invalid',
      message: /^reference: .* is not a reference; give /,
    })
  t.notOk('reference' in (await ticket(31794))!, 'without one, the record has no field for it')
  t.match(await refusal(call('hold_ticket', { ticket: 'ref:' })), { code: 'invalid' })
  t.match(await refusal(call('hold_ticket', { ticket: 'ref:inv-7' })), {
    code: 'not_found',
    message: 'There is no ticket with the reference "inv-7".',
  })
  await call('resolve', { ticket: 'Ref:INV-7', resolution: 'x' })
  t.match(await refusal(create('INV-7')), { code: 'conflict' }, 'not freed by resolving')
  await call('delete_ticket', { ticket: 'ref:INV-7', confirm: 'y' })
  t.match(await create('INV-7'), { gives: 31799 }, 'freed by deleting')
  await put('tickets', { ...(await ticket(31799))!, title: 'y' })
  t.match(await call('unhold_ticket', { ticket: 'ref:INV-7' }), { tickets: [31799] })
})
