import t from 'tap'
import { toldOfNew } from '../../../handlers/queues/told_of_new.ts'
import { agent, desk, QUEUE } from '../fixture.ts'

t.test('who is told of new tickets in a queue', async t => {
  const { call, put, store } = await desk(t)
  const told = async (queue: Partial<typeof QUEUE> = {}) => {
    const changed = { ...QUEUE, ...queue }
    await put('queues', changed)
    const says = await store.read(tx => toldOfNew(tx, changed))
    const { heard } = await call('create_ticket', { queue: '1', title: 'x' }, { actor: { kind: 'operator' } })
    for (const address of heard.slice(0, 10))
      t.match(says, address.replace(/^(susan|eve)@example\.org$/, '$1'))
    return says
  }
  const go = 'Letters about its new tickets go to'
  t.equal(
    await told(),
    `${go} the administrators (susan), since it has neither a default owner nor CC addresses.`,
  )
  t.equal(await told({ default_owner: 2 }), `${go} fred@example.org.`)
  const both = { new_ticket_cc: ['it@example.org'], updated_ticket_cc: ['IT@example.org', 'all@example.org'] }
  t.equal(
    await told({ ...both, default_owner: 2 }),
    `${go} fred@example.org, it@example.org and all@example.org.`,
  )
  const many = Array.from({ length: 13 }, (_, n) => `cc${n}@example.org`)
  t.match(await told({ new_ticket_cc: many }), /cc8@example\.org, cc9@example\.org and 3 more\.$/)
  const quiet = (notify: 'mine' | 'none') =>
    put('users', { ...agent(2, 'fred', ['fred@example.org']), notify })
  await quiet('mine')
  t.equal(await told({ default_owner: 2 }), `${go} fred@example.org.`)
  const instead = `${go} the administrators (susan), since fred@example.org wants none.`
  t.equal(await told({ updated_ticket_cc: ['FRED@example.org'] }), instead.replace('fred@', 'FRED@'))
  await quiet('none')
  t.equal(await told({ default_owner: 2 }), instead)
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), active: false })
  await put('users', { ...agent(3, 'eve', ['eve@example.org']), admin: true })
  t.equal(
    await told({ default_owner: 2 }),
    `${go} the administrators (susan, eve), since it has neither an active default owner who sees it nor CC addresses.`,
  )
  for (const [id, name] of [
    [1, 'susan'],
    [3, 'eve'],
  ] as const)
    await put('users', { ...agent(id, name, [`${name}@example.org`]), admin: true, active: false })
  t.equal(
    await told(),
    'Nobody gets a letter about its new tickets: give it a default_owner, or CC addresses, since there is no active administrator either.',
  )
})
