import t, { type Test } from 'tap'
import { type Desk, desk, fred, LATER, QUEUE, refusal, TICKET } from './fixture.ts'

/** Fred sees the queue support alone; ticket 5 is in the queue sales. */
async function furnished(t: Test): Promise<Desk> {
  const made = await desk(t)
  await made.put('queues', { ...QUEUE, id: 2, slug: 'sales', title: 'Sales', email_address: null })
  await made.put('tickets', { ...TICKET, id: 5, queue: 2, priority: 1, title: 'A secret fire' })
  await made.call('change_user', { username: 'fred', queues: 'support' })
  return made
}

t.test('the tickets of other queues do not exist', async t => {
  const { call, say } = await furnished(t)
  const as = { actor: fred }
  for (const line of [
    'show 5',
    'hold 5',
    'unhold 5',
    'resolve 5: done',
    'followup 5: a word',
    'attachments 5',
    'priority 5 1',
    'delete 5 confirm',
    'hold 31794, 5',
    'hold_ticket ticket=5 expect=1',
  ])
    t.match(await refusal(say(line, as)), { code: 'not_found', message: 'There is no ticket 5.' }, line)
  t.match(await refusal(call('get_attachment', { ticket: '5', attachment: '1' }, { ...as, door: 'http' })), {
    message: 'There is no ticket 5.',
  })
  for (const line of ['create sales: A mouse', 'list sales', 'next sales'])
    t.match(await refusal(say(line, as)), { code: 'not_found', message: 'There is no queue sales.' }, line)
  for (const line of ['list', 'list words fire'])
    t.match((await say(line, as)).gives, { tickets: [{ ticket: 31794 }], next: null }, line)
  t.match((await say('list words secret', as)).gives, { tickets: [] })
  t.match((await say('queues', as)).gives, [{ id: 1 }])
  t.match((await say('next', as)).gives, { ticket: 31794 })
  t.match(await refusal(say('next', as)), { code: 'not_found' })
  t.match((await say('show 5')).says, /A secret fire/, 'another user sees it')
})

t.test('a reference that is taken does not name a ticket unseen', async t => {
  const { say } = await furnished(t)
  const line = 'create_ticket queue=support title=A reference=INV-7'
  const { gives } = await say(line)
  await say(`move ${gives} sales`)
  const because = 'The reference "INV-7" is taken by'
  t.match(await refusal(say(line)), { message: `${because} ticket ${gives}; choose another.` })
  t.match(await refusal(say(line, { actor: fred })), {
    message: `${because} another ticket; choose another.`,
  })
})

t.test('a ticket names no other that its reader does not see', async t => {
  const { say } = await furnished(t)
  await say('duplicate 31794 of 5')
  await say('create sales: Another fire')
  await say('move 31795 support')
  const as = { actor: fred }
  const all = ['show 31794', 'history 31794', 'show 31795', 'history 31795', 'list']
  for (const line of all) {
    const { says, gives } = await say(line, as)
    t.notMatch(`${says} ${JSON.stringify(gives)}`, /sales|Sales|duplicate of 5|: ?5[ ,}]/, line)
  }
  t.match((await say('show 31794', as)).gives, { duplicate_of: null })
  t.match((await say('history 31794', as)).says, 'duplicate of from nothing to another')
  t.match((await say('history 31795', as)).says, 'queue from another to support')
  t.match((await say('show 31794')).gives, { duplicate_of: 5 }, 'another user sees it')
  const refused = 'of: ticket 31794 is itself a duplicate; name the ticket that it is a duplicate of.'
  t.match(await refusal(say('duplicate 31795 of 31794', as)), { message: refused })
})

t.test('a limit that comes while a list is read counts', async t => {
  const { call } = await furnished(t)
  await call('change_user', { username: 'fred', queues: '' })
  const { gives } = await call('list_tickets', { limit: '1' }, { actor: fred })
  await call('change_user', { username: 'fred', queues: 'support' })
  t.match(
    await refusal(
      call('list_tickets', { limit: '1', after: (gives as { next: string }).next }, { actor: fred }),
    ),
    { message: /^after: / },
  )
})

t.test('nobody owns a ticket unseen', async t => {
  const made = await furnished(t)
  const { call, put } = made
  const blind = /^fred does not see the tickets of queue Sales; assign the ticket to somebody who does\.$/
  t.match(await refusal(call('create_ticket', { queue: 'sales', title: 'A', assigned_to: 'fred' })), {
    code: 'invalid',
    message: blind,
  })
  await put('queues', {
    ...QUEUE,
    id: 2,
    slug: 'sales',
    title: 'Sales',
    email_address: null,
    default_owner: 2,
  })
  await call('create_ticket', { queue: 'sales', title: 'A' })
  t.equal((await made.all('tickets')).at(-1)!.assigned_to, null, 'a default owner who does not see it')
  await put('tickets', { ...TICKET, id: 5, queue: 2, assigned_to: 2 })
  await call('add_followup', { ticket: '5', message: 'A word.' }, { now: LATER })
  t.same(await made.all('letters'), [], 'an owner who no longer sees it gets no letter')
})

t.test('who a limit is for', async t => {
  const { call, say, all } = await furnished(t)
  t.match((await all('users'))[1], { queues: [1] })
  t.match((await say('users')).says, /\n2 fred fred@example\.org only support$/)
  await call('change_user', { username: 'fred', full_name: 'Fred' })
  t.match((await all('users'))[1], { full_name: 'Fred', queues: [1] }, 'it stays')
  await call('change_user', { username: 'fred', queues: 'sales, 1,sales' })
  t.match((await all('users'))[1], { queues: [2, 1] })
  await call('change_user', { username: 'fred', queues: '' })
  t.notOk('queues' in (await all('users'))[1]!)
  await call('add_user', { username: 'tom', email: 'tom@example.org', queues: 'sales' })
  t.match((await all('users'))[2], { username: 'tom', queues: [2] })
  const admin =
    /^\w+ is an administrator, and administrators see all queues; leave queues empty, or give admin=n\.$/
  t.match(await refusal(call('change_user', { username: 'susan', queues: 'sales' })), { message: admin })
  t.match(await refusal(call('change_user', { username: 'tom', admin: 'y' })), { message: admin })
  t.match(await refusal(call('change_user', { username: 'tom', queues: 'nowhere' })), { code: 'not_found' })
  t.match(await refusal(call('change_user', { username: 'tom', queues: 'a,'.repeat(101) })), {
    message: 'queues: this names more than 100 queues; name fewer.',
  })
})
