import t from 'tap'
import { DAY } from '../../../data/durations.ts'
import { sha256 } from '../../../data/secret.ts'
import type { Author } from '../../../data/tables.ts'
import { isToken } from '../../../data/token.ts'
import { call as callMethod } from '../../../handlers/call.ts'
import { desk, fred, LATER, NOW, operator, refusal, susan } from '../fixture.ts'

const TOKEN = { username: 'fred', label: 'invoices' }

t.test('a token is shown once and kept as a hash', async t => {
  const { call, all } = await desk(t)
  const { says, gives } = await call('issue_token', { ...TOKEN, methods: 'hold_ticket,hold_ticket, resolve' })
  t.ok(isToken(String(gives)))
  t.equal(says, `Token 1 of fred, shown only once: ${gives}`)
  const { gives: second } = await call('issue_token', { ...TOKEN, expires: '2026-03-01' })
  t.not(second, gives)
  t.strictSame(await all('tokens'), [
    {
      id: 1,
      user: 2,
      label: 'invoices',
      hash: sha256(String(gives)),
      methods: ['hold_ticket', 'resolve'],
      created: NOW,
      expires: null,
      last_used: null,
    },
    {
      id: 2,
      user: 2,
      label: 'invoices',
      hash: sha256(String(second)),
      methods: [],
      created: NOW,
      expires: '2026-03-02T00:00:00.000Z',
      last_used: null,
    },
  ])
})

t.test('no sentence shows a token, even a mistyped one', async t => {
  const { call } = await desk(t)
  const token = String((await call('issue_token', TOKEN)).gives)
  for (const typed of [
    token,
    `${token}a`,
    token.slice(0, -1),
    token.toUpperCase(),
    `${token}1`,
    `x${token}`,
  ]) {
    const said = await refusal(call('revoke_token', { token: typed }))
    t.match(said.message, 'hdt_…')
    t.notMatch(said.message.toLowerCase(), token.slice(0, 12))
  }
  t.match(await refusal(call('issue_token', { ...TOKEN, methods: '' })), { message: /^methods: / })
  t.match(await refusal(call('issue_token', { ...TOKEN, methods: ','.repeat(20_000) })), {
    message: /20000 characters/,
  })
})

t.test('a refusal says what is wrong with a new token', async t => {
  const { call, put } = await desk(t)
  const refused = async (params: Record<string, string>, code: string, message: RegExp | string) =>
    t.match(
      await refusal(call('issue_token', { ...TOKEN, ...params })),
      { code, message },
      JSON.stringify(params),
    )
  await refused(
    { expires: '2026-02-28' },
    'invalid',
    'expires: 2026-02-28 is in the past; give today or a later day.',
  )
  await refused({ expires: 'tomorrow' }, 'invalid', /^expires: "tomorrow" is not a date/)
  await refused(
    { expires: '9999-12-31' },
    'invalid',
    /^expires: 9999-12-31 is too far in the future; leave it out/,
  )
  t.match(await call('issue_token', { ...TOKEN, expires: '9999-12-30' }), { says: /^Token 1 of fred/ })
  await refused({ label: ' ' }, 'invalid', /^label: /)
  await refused({ username: 'nobody' }, 'not_found', 'There is no user nobody.')
  for (const methods of [
    'hodl_ticket',
    'issue_token',
    'set_password',
    'add_user',
    'hold_ticket,',
    '__proto__',
  ])
    await refused(
      { methods },
      'invalid',
      /^methods: ".*" is not a method that a token can call; "help" lists the methods\.$/,
    )
  await put('users', {
    id: 2,
    username: 'fred',
    full_name: '',
    addresses: [],
    password_hash: null,
    admin: false,
    active: false,
  })
  await refused({}, 'invalid', /^username: fred is inactive/)
})

t.test('users manage their own tokens, administrators and the operator all tokens', async t => {
  const { call } = await desk(t)
  const as = (actor: Author) => ({ actor })
  await call('issue_token', TOKEN, as(fred))
  await call('issue_token', { ...TOKEN, username: 'susan' }, as(operator))
  t.match(await refusal(call('issue_token', { ...TOKEN, username: 'susan' }, as(fred))), {
    code: 'forbidden',
    message: 'Only an administrator can issue a token for another user.',
  })
  t.match(await refusal(call('revoke_token', { token: '2' }, as(fred))), {
    code: 'forbidden',
    message: 'Only an administrator can revoke a token of another user.',
  })
  t.match(await refusal(call('list_tokens', { username: 'susan' }, as(fred))), {
    code: 'forbidden',
    message: 'Only an administrator can list the tokens of another user.',
  })
  const listed = async (params: Record<string, string>, actor: Author) =>
    ((await call('list_tokens', params, as(actor))).gives as { token: number }[]).map(({ token }) => token)
  t.same(await listed({}, fred), [1])
  t.same(await listed({}, susan), [1, 2])
  t.same(await listed({ username: 'fred' }, operator), [1])
  await call('revoke_token', { token: '1' }, as(fred))
  await call('revoke_token', { token: '2' }, as(susan))
  t.match(await call('list_tokens'), { says: 'There are no tokens.', gives: [] })
  t.match(await refusal(call('revoke_token', { token: '1' })), {
    code: 'not_found',
    message: 'There is no token 1.',
  })
})

t.test('the token of a call is checked when the call runs', async t => {
  const { call, all, put } = await desk(t)
  await call('issue_token', { username: 'susan', label: 'x', methods: 'hold_ticket', expires: '2026-03-01' })
  const held = (now = NOW) => call('hold_ticket', { ticket: '31794' }, { actor: susan, token: 1, now })
  t.match(await held(LATER), { says: 'Ticket 31794 is on hold.' })
  const gone = { code: 'unauthenticated', message: 'This token is no longer valid; ask for a new one.' }
  t.match(await refusal(held('2026-03-02T00:00:00.000Z')), gone)
  t.match(await held('2026-03-01T23:59:59.999Z'), { says: 'Ticket 31794 is on hold.' })
  t.match(await refusal(call('resolve', { ticket: '31794', resolution: 'x' }, { actor: susan, token: 1 })), {
    code: 'forbidden',
    message: 'This token cannot call resolve; it can call hold_ticket.',
  })
  const [token] = await all('tokens')
  await put('tokens', { ...token!, methods: [] })
  t.match(
    await refusal(
      call('set_password', { username: 'susan', new_password: 'x'.repeat(9) }, { actor: susan, token: 1 }),
    ),
    {
      code: 'forbidden',
      message: 'A token cannot call set_password; log in with a password.',
    },
  )
  await call('revoke_token', { token: '1' })
  t.match(await refusal(held()), gone)
})

t.test('a repeat of issue_token does not get the token', async t => {
  const { store, all } = await desk(t)
  const once = { key: 'k', milliseconds: DAY, fingerprint: 'f' }
  const issue = () =>
    callMethod(store, [{ method: 'issue_token', params: TOKEN, once }], {
      actor: susan,
      door: 'http',
      now: NOW,
    })
  const [first] = await issue()
  t.match(await refusal(issue()), {
    code: 'conflict',
    message: /^Token 1 was issued to the first call with this Idempotency-Key/,
  })
  t.notOk(JSON.stringify(await all('once')).includes(String(first!.gives)))
  t.equal((await all('tokens')).length, 1)
})
