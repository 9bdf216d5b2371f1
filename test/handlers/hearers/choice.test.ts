import t from 'tap'
import type { User } from '../../../data/tables.ts'
import { agent, ann, desk, fred, LATER, machine, NOW, QUEUE, refusal, susan, TICKET } from '../fixture.ts'

const FRED = 'fred@example.org'
const EVE = 'eve@example.org'
const SUSAN = 'susan@example.org'

t.test('what a user has chosen, and who hears instead', async t => {
  const { call, put } = await desk(t)
  const eve: User = { ...agent(3, 'eve', [EVE]), admin: true }
  const users = (choices: Readonly<Record<string, 'mine' | 'none'>>) =>
    Promise.all(
      [{ ...agent(1, 'susan', [SUSAN]), admin: true }, agent(2, 'fred', [FRED]), eve].map(user =>
        put('users', choices[user.username] ? { ...user, notify: choices[user.username]! } : user),
      ),
    )
  const mailed = async () =>
    (await call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor: ann })).heard
  const opened = async () =>
    (await call('create_ticket', { queue: '1', title: 'x' }, { actor: machine })).heard
  const fredsTicket = { ...TICKET, assigned_to: 2 }

  await put('tickets', fredsTicket)
  await users({ fred: 'mine' })
  t.same(await mailed(), [FRED], 'mine: the own ticket')
  await users({ fred: 'none' })
  t.same(await mailed(), [SUSAN, EVE], 'none: the next in line, who are the administrators')
  await users({ fred: 'none', eve: 'none' })
  t.same(await mailed(), [SUSAN], 'those of them who want to')
  await users({ fred: 'none', eve: 'none', susan: 'none' })
  t.same(await mailed(), [SUSAN, EVE], 'better all than nobody')
  await put('users', { ...agent(1, 'susan', [SUSAN]), notify: 'none' })
  await put('users', { ...agent(3, 'eve', [EVE]), notify: 'none' })
  t.same(await mailed(), [FRED], 'and the owner if there is nobody else')

  await users({ fred: 'none' })
  t.same((await call('assign', { ticket: '31794', assigned_to: 'fred' })).heard, [], 'no change')
  await put('tickets', TICKET)
  t.same((await call('assign', { ticket: '31794', assigned_to: 'fred' })).heard, [])

  await put('queues', { ...QUEUE, updated_ticket_cc: [FRED, 'Eve@example.org'] })
  await put('tickets', TICKET)
  await users({ fred: 'mine' })
  t.same(await mailed(), ['Eve@example.org'], 'mine: not as a CC address')
  t.same(await opened(), ['Eve@example.org'])
  await users({ fred: 'mine', eve: 'mine' })
  t.same(await opened(), [SUSAN], 'nobody at the CC addresses wants it')
  await call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor: fred, now: LATER })
  t.same(await mailed(), [FRED], 'mine: a ticket that one has answered')
  await users({ fred: 'none', eve: 'none' })
  await put('tickets', { ...TICKET, submitter_email: FRED, watchers: [EVE] })
  const answer = { ticket: '31794', message: 'x', public: 'y' }
  t.same(
    (await call('add_followup', answer)).heard,
    [FRED, EVE],
    'the submitter and the watchers hear anyway',
  )
})

t.test('users choose for themselves, and administrators for others', async t => {
  const { say, call, all } = await desk(t)
  t.match(await say('notify none', { actor: fred }), {
    says: 'You get no letters about tickets, unless nobody else would hear, and no digest.',
  })
  const at = (hour: string) => ({ actor: fred, now: NOW, hours: { at: '09:00', time_zone: hour } })
  t.match(await say('digest 7:30', at('UTC')), { says: /, and a digest at 07:30\.$/ })
  const kept = async () => (await all('users')).find(({ id }) => id === 2)
  t.match(await kept(), { notify: 'none', digest: '07:30', digested_on: '2026-03-01' }, 'from tomorrow on')
  t.match(await say('whoami', { actor: fred }), {
    says: 'You are fred, with the address fred@example.org. You get no letters about tickets, unless nobody else would hear, and a digest at 07:30.',
    gives: { notify: 'none', digest: '07:30' },
  })
  t.match(await say('users'), { says: /fred@example\.org letters none digest 07:30$/ })
  const { gives } = await call('list_users')
  t.match(gives, [
    { notify: 'all', digest: null },
    { notify: 'none', digest: '07:30' },
  ])
  t.notMatch(JSON.stringify(gives), /digested/)
  await call('change_user', { username: 'fred', notify: 'all', digest: 'n' })
  t.same(
    Object.keys((await kept())!).filter(key => /^(notify|digest)$/.test(key)),
    [],
  )
  await say('digest 12:30', at('UTC'))
  t.match(await kept(), { digest: '12:30' })
  t.match(await say('digest N', { actor: fred }), { says: /, and no digest\.$/ })
  t.match(await refusal(call('set_notify', {}, { actor: fred })), {
    code: 'invalid',
    message: 'Give notify, which is one of all, mine, none, or digest, an hour or n.',
  })
  for (const [params, message] of [
    [{ digest: '25:00' }, /^digest: "25:00" is not an hour of the day; give one like 09:00\.$/],
    [{ digest: true }, /^digest: true is not an hour of the day; give one like 09:00, or n\.$/],
    [{ notify: 'some' }, /^notify: "some" is not one of all, mine, none\.$/],
  ] as const)
    t.match(await refusal(call('set_notify', params, { actor: susan })), { code: 'invalid', message })
  t.match(await call('set_notify', { digest: false }), { says: /no digest/ })
})

t.test('a submitter for whom it does not work yet is heard, also if nobody owns the ticket', async t => {
  const { call, put } = await desk(t)
  await put('tickets', { ...TICKET, status: 3, submitter_email: 'ann@example.net' })
  const says = { ticket: '31794', choice: 'not_yet' }
  t.same((await call('answer_resolution', says, { actor: ann, door: 'daemon' })).heard, [SUSAN])
})
