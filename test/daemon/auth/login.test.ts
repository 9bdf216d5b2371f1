import t from 'tap'
import { newThrottle } from '../../../daemon/auth/throttle.ts'
import { startDaemon } from '../../../daemon/daemon.ts'
import { JsonStore } from '../../../data/json/store.ts'
import { passwordTasks } from '../../data/password/password_tasks.ts'
import { FRED, type House, house, inStore, SUSAN } from '../../house.ts'
import { ask } from '../../http_client.ts'
import { wire } from '../mail/wire.ts'

const UNREAD = {
  status: 403,
  body: 'The login is missing or cannot be read; send a username and a password, or a token.',
}
const WRONG = { status: 403, body: 'The username or the password is wrong.' }
/** Wrong without a check: bcrypt reads only 72 bytes. */
const TOO_LONG = 'a guess '.repeat(10)
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Sends a POST with these parameters and headers from an address. */
function call(
  { daemon }: House,
  method: string,
  params: Record<string, string>,
  authorization?: string,
  from?: string,
) {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  }
  return ask(
    daemon.httpPort,
    'POST',
    `/api/${method}/`,
    new URLSearchParams(params).toString(),
    headers,
    from,
  )
}

async function issued(home: House, params: Record<string, string>): Promise<string> {
  const { status, body } = await home.susan('issue_token', { label: 'x', ...params })
  if (status !== 200) throw new Error(body)
  return body
}

t.test('every form of login works', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const token = await issued(home, { username: 'fred' })
  t.match(token, /^hdt_[a-z2-7]{26}$/)
  const { password } = SUSAN
  const good: [Record<string, string>, string?][] = [
    [{ user: 'susan', password }],
    [{ username: 'susan', password }],
    [{}, `Basic ${base64(`susan:${password}`)}`],
    [{ user: 'susan', password }, `Basic ${base64('proxy:of the server in front')}`],
    [{ user: 'susan', password }, 'Negotiate YII='],
    [{ user: 'fred', password: token }],
    [{ password: token }],
    [{ user: 'fred', password: token }, 'Bearer hdt_nonsense'],
    [{}, `Bearer ${token}`],
    [{}, `bearer ${token}`],
    [{ user: 'fred' }, `Bearer ${token}`],
    [{ password: '' }, `Bearer ${token}`],
    [{}, `Basic ${base64(`fred:${token}`)}`],
    [{}, `Basic ${base64(`:${token}`)}`],
  ]
  for (const [params, header] of good)
    t.match(
      await call(home, 'hold_ticket', { ...params, ticket: '1' }, header),
      { status: 200 },
      JSON.stringify([params, header]),
    )
  const bad: [Record<string, string>, string?][] = [
    [{ user: 'susan', password: token }],
    [{ user: 'susan' }, `Bearer ${token}`],
    [{}, `Basic ${base64(`susan:${token}`)}`],
    [{}, `Bearer ${token.slice(0, -1)}`],
    [{}, `Bearer ${token}a`],
    [{}, `Bearer ${token.toUpperCase()}`],
  ]
  const unread: typeof bad = [[{}], [{}, `Bearer${token}`], [{}, `Token ${token}`], [{ token }]]
  for (const [at, [params, header]] of [...bad, ...unread].entries())
    t.match(
      await call(home, 'hold_ticket', { ...params, ticket: '1' }, header, `127.0.2.${at}`),
      at < bad.length ? WRONG : UNREAD,
      JSON.stringify([params, header]),
    )
  t.notMatch(home.log.join(''), token)
  t.match(
    home.log.join(''),
    /"method":"hold_ticket","actor":"fred","milliseconds":[0-9]+,"peer":"127\.0\.0\.1","token":1,"request":"[0-9a-z-]+"}/,
  )
})

t.test('a token works for its methods until it expires or is revoked', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const limited = await issued(home, { username: 'susan', methods: 'hold_ticket, list_queues' })
  const whole = await issued(home, { username: 'susan', label: 'all' })
  const bearer = (token: string) => `Bearer ${token}`
  t.match(await call(home, 'hold_ticket', { ticket: '1' }, bearer(limited)), { status: 200 })
  t.match(await call(home, 'delete_ticket', { ticket: '1', confirm: 'y' }, bearer(limited)), {
    status: 403,
    body: 'This token cannot call delete_ticket; it can call hold_ticket, list_queues.',
  })
  t.match(await call(home, 'no_such_method', {}, bearer(limited)), { status: 404 })
  for (const method of ['issue_token', 'set_password', 'add_user', 'change_user']) {
    const params = { username: 'susan', label: 'x', new_password: 'another password', email: 'a@b.example' }
    t.match(await call(home, method, params, bearer(whole)), {
      status: 403,
      body: `A token cannot call ${method}; log in with a password.`,
    })
  }
  const listed = JSON.parse((await call(home, 'list_tokens', {}, bearer(whole))).body)
  t.match(listed, [
    {
      token: 1,
      username: 'susan',
      label: 'x',
      methods: ['hold_ticket', 'list_queues'],
      expires: null,
      last_used: /^20/,
    },
    { token: 2, username: 'susan', label: 'all', methods: [], last_used: /^20/ },
  ])
  t.notOk(JSON.stringify(listed).includes('hash'))
  t.match(await call(home, 'revoke_token', { token: '1' }, bearer(whole)), {
    status: 200,
    body: 'Token 1, x, is revoked.',
  })
  t.match(await call(home, 'hold_ticket', { ticket: '1' }, bearer(limited)), WRONG)
  await home.shell('change_user', 'username=susan', 'active=n', 'force=y')
  t.match(await call(home, 'hold_ticket', { ticket: '1' }, bearer(whole)), WRONG)
  await home.shell('change_user', 'username=susan', 'active=y')
  t.match(await call(home, 'hold_ticket', { ticket: '1' }, bearer(whole)), { status: 200 })

  await home.daemon.stop()
  await inStore(home.config, store =>
    store.transact(async tx => {
      const token = await tx.get('tokens', 2)
      await tx.put('tokens', { ...token!, expires: '2026-01-01T00:00:00.000Z' })
    }),
  )
  const daemon = await startDaemon(home.config, home.events)
  t.teardown(() => daemon.stop())
  t.match(
    await call({ ...home, daemon }, 'hold_ticket', { ticket: '1' }, bearer(whole)),
    WRONG,
    'it has expired',
  )
})

t.test('a token logs in at the mail door, for its methods only', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const token = await issued(home, { username: 'susan', methods: 'hold_ticket' })
  const login = { username: 'susan', password: token }
  await home.mail({ subject: 'hold 1', login })
  t.match((await home.letters(1))[0], /Ticket 1 is on hold\./)
  await home.mail({ subject: 'delete 1 confirm', login })
  t.match((await home.letters(2))[1], /This token cannot call delete_ticket; it can call hold_ticket\./)
  t.equal((await home.susan('hold_ticket', { ticket: '1' })).status, 200, 'the ticket still exists')
  t.notMatch(home.log.join(''), token)
})

/** Logs in at the mail door; gives the reply. */
async function auth(home: House, username: string, password: string): Promise<string> {
  const client = await wire(home.daemon.smtpPort)
  await client.say('EHLO client.example')
  const reply = await client.say(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`)
  client.close()
  return reply
}

t.test('after failed logins, the same user at the same address must wait at both doors', async t => {
  const home = await house(t)
  const guess = (at: number, from = '127.0.0.1') =>
    call(home, 'list_queues', { user: 'susan', password: `guess ${at}` }, undefined, from)
  const right = (from: string, user = SUSAN) =>
    call(home, 'list_queues', { user: user.username, password: user.password }, undefined, from)
  for (let at = 0; at < 5; at++) t.match(await guess(at), WRONG)
  for (let at = 5; at < 10; at++)
    t.match(await auth(home, 'susan', `guess ${at}`), /^535 5\.7\.8 The username or the password is wrong/)
  const waiting = {
    status: 429,
    body: /^Too many logins failed; try again in (?:30|29) seconds\.$/,
    headers: { 'retry-after': /^(?:30|29)$/ },
  }
  t.match(await guess(10), waiting)
  t.match(await right('127.0.0.1'), waiting, 'a valid password is refused, too, or guesses would succeed')
  t.match(await auth(home, 'susan', SUSAN.password), /^451 4\.7\.1 Too many logins failed/)
  t.match(await right('127.0.0.2'), { status: 200 }, 'from elsewhere')
  t.match(await right('127.0.0.1', FRED), { status: 200 }, 'another user')
  const token = JSON.parse(`"${(await home.shell('issue_token', 'username=susan', 'label=x')).gives}"`)
  t.match(
    await call(home, 'list_queues', {}, `Bearer ${token}`),
    { status: 200 },
    'a token cannot be guessed',
  )
  t.match(
    home.log.join(''),
    '"event":"login_throttled","door":"mail","username":"susan","peer":"127.0.0.1","seconds":30',
  )
})

t.test('a successful login resets the count of failures', async t => {
  const home = await house(t)
  for (let round = 0; round < 3; round++) {
    for (let at = 0; at < 6; at++)
      t.match(await home.post('list_queues', { user: 'fred', password: `${TOO_LONG}${at}` }), WRONG)
    t.match(await home.post('list_queues', { user: 'fred', password: FRED.password }), { status: 200 })
  }
})

t.test('guesses over many connections are counted one by one', async t => {
  const home = await house(t)
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, at) =>
      home.post('list_queues', { user: 'susan', password: `guess ${at}` }),
    ),
  )
  const count = (wanted: number) => replies.filter(({ status }) => status === wanted).length
  t.equal(count(403), 10)
  t.equal(count(403) + count(429) + count(503), 60)
  for (const { status, headers, body } of replies) {
    if (status !== 403) t.match(headers.get('retry-after'), /^[1-9][0-9]*$/)
    if (status === 503) t.match(body, /^Too many logins are being checked; /)
  }
})

t.test('valid logins over many connections wait for one check', async t => {
  const home = await house(t)
  const replies = await Promise.all(Array.from({ length: 30 }, () => home.susan('list_queues')))
  t.ok(replies.every(({ status }) => status === 200))
})

t.test('guesses from an address do not lock out users who have logged in there', async t => {
  const home = await house(t)
  t.match(await home.susan('list_queues'), { status: 200 })
  const from = '127.0.0.1'
  for (let at = 0; at < 100; at++)
    await call(home, 'list_queues', { user: `user${at}`, password: TOO_LONG }, undefined, from)
  t.match(await call(home, 'list_queues', { user: 'fred', password: FRED.password }, undefined, from), {
    status: 429,
  })
  t.match(await home.susan('list_queues'), { status: 200 })
})

t.test('the waits grow up to a limit', t => {
  const throttle = newThrottle(username => username === 'regular')
  // Not t.intercept, which keeps a record of each of the many calls.
  const { now } = performance
  let clock = 1000
  performance.now = () => clock
  t.teardown(() => {
    performance.now = now
  })
  const failed = () => throttle.failed('susan', '192.0.2.1')
  for (let at = 1; at < 10; at++) t.equal(failed(), undefined)
  const waits = [30, 60, 120, 240, 480, 900, 900]
  for (const wait of waits) {
    t.equal(failed(), wait)
    t.throws(() => throttle.refuse('susan', '192.0.2.1'), { code: 'too_many', retryAfter: wait })
    throttle.refuse('susan', '192.0.2.2')
    throttle.refuse('fred', '192.0.2.1')
    clock += wait * 1000
    throttle.refuse('susan', '192.0.2.1')
  }
  clock += 5 * 60 * 1000
  t.equal(failed(), undefined, 'forgotten')
  for (let at = 0; at < 200; at++) throttle.failed(`user ${at}`, '192.0.2.7')
  t.throws(() => throttle.refuse('anybody', '192.0.2.7'), { code: 'too_many' }, 'an address in all')
  throttle.refuse('regular', '192.0.2.7')
  for (let at = 0; at < 10; at++) throttle.failed('regular', '192.0.2.7')
  t.throws(() => throttle.refuse('regular', '192.0.2.7'), { code: 'too_many' })
  throttle.refuse('anybody', '192.0.2.8')
  for (let at = 0; at < 12_000; at++) throttle.failed('x', `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`)
  throttle.refuse('anybody', '192.0.2.7')
  t.pass('the number of counts is limited')
  t.equal(performance.now(), clock)
  t.end()
})

t.test('a refusal is the same work whether a user exists or not', async t => {
  const home = await house(t)
  const { read } = JsonStore.prototype
  let reads = 0
  t.intercept(JsonStore.prototype, 'read', {
    value: function (this: JsonStore, work: Parameters<typeof read>[0]) {
      reads++
      return read.call(this, work)
    },
  })
  const workOf = async (user: string, password: string) => {
    const before = reads
    const from = `127.0.3.${before}`
    const { tasks, result } = await passwordTasks(() =>
      call(home, 'list_queues', { user, password }, undefined, from),
    )
    t.match(result, WRONG, user)
    return { reads: reads - before, checks: tasks.map(({ task }) => [task.password, task.hash?.slice(0, 7)]) }
  }
  const first = await workOf('susan', 'a guess')
  t.same(first, { reads: 1, checks: [['a guess', '$2b$10$']] })
  t.same(await workOf('susan', 'a guess'), first, 'looked up before')
  t.same(await workOf('nobody', 'a guess'), first)
  t.same(await workOf('nobody', TOO_LONG), { reads: 1, checks: [] })
  t.same(await workOf('susan', TOO_LONG), { reads: 1, checks: [] })
})

t.test('a new password in the form of a token is refused', async t => {
  const home = await house(t)
  const token = await issued(home, { username: 'fred' })
  t.match(await home.susan('set_password', { username: 'fred', new_password: token }), {
    status: 400,
    body: 'new_password: The password has the form of a token; choose one without "hdt_".',
  })
})
