import t from 'tap'
import { desk, fred, operator, refusal, TICKET } from '../fixture.ts'

t.test('watchers come and go, each once', async t => {
  const { say, ticket, all, put } = await desk(t)
  t.match(await say('watch 31794 Eve@Example.net'), {
    says: 'Eve@example.net watches ticket 31794.',
    heard: [],
  })
  await say('watch 31794', { actor: fred })
  await say('watch 31794 eve@EXAMPLE.net')
  t.match(await ticket(), { watchers: ['Eve@example.net', 'fred@example.org'], version: 3 })
  t.match(
    (await all('followups')).map(({ changes }) => changes),
    [
      [{ field: 'watchers', from: null, to: 'Eve@example.net' }],
      [{ field: 'watchers', from: null, to: 'fred@example.org' }],
    ],
  )
  t.match(await say('unwatch 31794 EVE@example.net'), {
    says: 'EVE@example.net does not watch ticket 31794.',
  })
  t.match(await say('unwatch 31794 nobody@example.net'), { says: /does not watch/ })
  t.match((await all('followups')).at(-1)?.changes, [
    { field: 'watchers', from: 'Eve@example.net', to: null },
  ])
  await say('unwatch 31794', { actor: fred })
  t.match(await ticket(), { watchers: [], version: 5 })
  for (const line of ['watch 31794', 'unwatch 31794'])
    t.match(await refusal(say(line, { actor: operator })), {
      code: 'forbidden',
      message: 'email is missing; only a user can leave it out.',
    })
  const fifty = Array.from({ length: 50 }, (_, n) => `w${n}@example.net`)
  await put('tickets', { ...TICKET, watchers: fifty })
  await say('watch 31794 W7@example.net')
  t.match(await refusal(say('watch 31794 w50@example.net')), {
    code: 'invalid',
    message:
      'Ticket 31794 would have 51 watchers, and a ticket can have at most 50; remove some with unwatch.',
  })
})

t.test('submitter and watchers of a duplicate watch the other ticket', async t => {
  const { say, put, ticket, all } = await desk(t)
  const eve = 'eve@example.net'
  await put('tickets', {
    ...TICKET,
    id: 5,
    submitter_email: 'Ann@example.net',
    watchers: [eve, 'BOB@example.net'],
  })
  await put('tickets', { ...TICKET, id: 6, submitter_email: eve, watchers: ['bob@example.net'] })
  t.match(await say('duplicate 5 of 6'), {
    says: 'Ticket 5 is a duplicate of ticket 6.',
    tickets: [5, 6],
    heard: ['Ann@example.net', eve, 'BOB@example.net'],
  })
  t.match(await ticket(5), { status: 5, duplicate_of: 6, watchers: [eve, 'BOB@example.net'] })
  t.match(await ticket(6), { status: 1, watchers: ['bob@example.net', 'Ann@example.net'] })
  t.match(await all('followups'), [
    {
      ticket: 5,
      public: true,
      changes: [
        { field: 'status', from: 1, to: 5 },
        { field: 'duplicate_of', from: null, to: 6 },
      ],
    },
    { ticket: 6, public: false, changes: [{ field: 'watchers', from: null, to: 'Ann@example.net' }] },
  ])
  const answer = { ticket: '6', resolution: 'It was the fuse.' }
  t.match(await say(`resolve ${answer.ticket}: ${answer.resolution}`), {
    heard: [eve, 'bob@example.net', 'Ann@example.net'],
  })
  t.match(await say('duplicate 5 of 6'), { says: 'Ticket 5 is a duplicate of ticket 6.', heard: [] })
  t.match(await ticket(5), { version: 2 }, 'it was one already')
})

t.test('which duplicates are refused', async t => {
  const { say, put, ticket } = await desk(t)
  for (const id of [5, 6, 7]) await put('tickets', { ...TICKET, id, submitter_email: 'ann@example.net' })
  await say('duplicate 5 of 6')
  const refused = [
    ['duplicate 7 of 7', 'of: ticket 7 cannot be a duplicate of itself; name another ticket.'],
    ['duplicate 6 of 5', 'of: ticket 5 is a duplicate of ticket 6; reopen ticket 5 first.'],
    ['duplicate 7 of 5', 'of: ticket 5 is itself a duplicate; name the ticket that it is a duplicate of.'],
    ['duplicate 5, 7 of 7', 'of: ticket 7 cannot be a duplicate of itself; name another ticket.'],
    ['duplicate 7 of 99', 'There is no ticket 99.'],
  ] as const
  for (const [line, message] of refused) t.match(await refusal(say(line)), { message }, line)
  t.match(await ticket(5), { duplicate_of: 6 }, 'all or nothing')
  await say('duplicate 6 of 7')
  t.match(
    await refusal(say('duplicate 7 of 5')),
    { message: 'of: ticket 5 is itself a duplicate; name the ticket that it is a duplicate of.' },
    'a longer circle',
  )
  const watchers = Array.from({ length: 50 }, (_, n) => `w${n}@example.net`)
  await put('tickets', { ...TICKET, id: 8, watchers })
  t.match(await refusal(say('duplicate 7 of 8')), { message: /^Ticket 8 would have 51 watchers/ })
})
