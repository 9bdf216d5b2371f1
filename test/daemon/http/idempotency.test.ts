import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startDaemon } from '../../../daemon/daemon.ts'
import { FRED, type House, house, SUSAN } from '../../house.ts'
import { ask } from '../../http_client.ts'

/** Calls with a key, as susan unless the parameters have another login. */
function keyed(
  { daemon }: Pick<House, 'daemon'>,
  key: string,
  method: string,
  params: Record<string, string>,
) {
  const login = { user: SUSAN.username, password: SUSAN.password }
  const body = new URLSearchParams({ ...login, ...params }).toString()
  return ask(daemon.httpPort, 'POST', `/api/${method}/`, body, {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Idempotency-Key': key,
  })
}
const TICKET = { queue: '1', title: 'The printer is on fire' }
const OTHER_CALL = {
  status: 400,
  body: 'This Idempotency-Key was already used for a different call; use a new key for each call.',
}

t.test('a call that is repeated with its key has one effect, even after a restart', async t => {
  const home = await house(t)
  t.match(await keyed(home, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
  t.match(await keyed(home, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
  t.match(
    await keyed(home, '"a"', 'create_ticket', TICKET),
    { status: 200, body: '1' },
    'as a structured field',
  )
  t.match(await keyed(home, 'b', 'create_ticket', TICKET), { status: 200, body: '2' })
  t.match(await home.susan('create_ticket', TICKET), { status: 200, body: '3' }, 'without a key')
  const fred = { user: FRED.username, password: FRED.password }
  t.match(
    await keyed(home, 'a', 'create_ticket', { ...TICKET, ...fred }),
    { status: 200, body: '4' },
    'of another user',
  )
  const queues = await keyed(home, 'c', 'list_queues', {})
  t.match(
    await keyed(home, 'c', 'find_user', { username: 'fred' }),
    { body: '2' },
    'a call that only reads is not kept',
  )
  t.match(await keyed(home, 'c', 'list_queues', {}), {
    body: queues.body,
    headers: { 'content-type': 'text/json' },
  })
  await home.daemon.stop()
  const daemon = await startDaemon(home.config, home.events)
  t.teardown(() => daemon.stop())
  t.match(await keyed({ daemon }, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
})

t.test('another call with the same key is refused', async t => {
  const home = await house(t)
  t.match(await keyed(home, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
  t.match(await keyed(home, 'a', 'create_ticket', { ...TICKET, title: 'x' }), OTHER_CALL)
  t.match(await keyed(home, 'a', 'create_ticket', { ...TICKET, priority: '3' }), OTHER_CALL)
  t.match(await keyed(home, 'a', 'hold_ticket', { ticket: '1' }), OTHER_CALL)
  t.match(
    await keyed(home, 'a', 'create_ticket', { title: TICKET.title, queue: TICKET.queue }),
    { status: 200, body: '1' },
    'in another order',
  )
  const json = JSON.stringify({ user: 'susan', password: SUSAN.password, ...TICKET, queue: 1 })
  t.match(
    await ask(home.daemon.httpPort, 'POST', '/api/create_ticket/', json, {
      'Content-Type': 'application/json',
      'Idempotency-Key': 'a',
    }),
    { status: 200, body: '1' },
    'in another kind of body',
  )
})

t.test('a number or boolean in JSON makes the same call as its text in a form', async t => {
  const home = await house(t)
  await home.susan('create_ticket', TICKET)
  const typed = (params: object) =>
    ask(
      home.daemon.httpPort,
      'POST',
      '/api/add_followup/',
      JSON.stringify({ user: 'susan', password: SUSAN.password, ...params }),
      { 'Content-Type': 'application/json', 'Idempotency-Key': 'a' },
    )
  const form = { ticket: '1', message: 'x', public: 'y' }
  t.match(await keyed(home, 'a', 'add_followup', form), { status: 200 })
  t.match(await typed({ ...form, ticket: 1, public: true }), { status: 200 })
  t.match(await typed({ ...form, ticket: 1, public: false }), OTHER_CALL)
})

t.test('a caller without permission may not repeat, either', async t => {
  const home = await house(t)
  t.match(await keyed(home, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
  t.match(await keyed(home, 'b', 'add_queue', { title: 'x', slug: 'x' }), { status: 200 })
  const token = (await home.shell('issue_token', 'username=susan', 'label=x', 'methods=list_queues'))
    .gives as string
  t.match(await keyed(home, 'a', 'create_ticket', { ...TICKET, password: token }), {
    status: 403,
    body: 'This token cannot call create_ticket; it can call list_queues.',
  })
  await home.shell('change_user', 'username=susan', 'admin=n', 'force=y')
  t.match(await keyed(home, 'b', 'add_queue', { title: 'x', slug: 'x' }), {
    status: 403,
    body: /^Only administrators can call/,
  })
  t.match(await keyed(home, 'a', 'create_ticket', TICKET), { status: 200, body: '1' })
})

t.test('a refused call may be tried again with the same key', async t => {
  const home = await house(t)
  t.match(await keyed(home, 'a', 'hold_ticket', { ticket: '1' }), { status: 404 })
  t.match(await home.susan('create_ticket', TICKET), { status: 200, body: '1' })
  t.match(await keyed(home, 'a', 'hold_ticket', { ticket: '1' }), {
    status: 200,
    body: 'Ticket 1 is on hold.',
  })
})

t.test('many repeats at once have one effect', async t => {
  const home = await house(t)
  await home.susan('list_queues')
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => keyed(home, 'a', 'create_ticket', TICKET)),
  )
  t.ok(replies.every(({ status, body }) => status === 200 && body === '1'))
  t.match(await home.susan('create_ticket', TICKET), { body: '2' })
})

t.test('an invalid key is refused', async t => {
  const home = await house(t)
  for (const key of ['', ' ', 'a b', '""', 'x'.repeat(256), 'é', '"', '"a', 'a"', 'a"b'])
    t.match(
      await keyed(home, key, 'create_ticket', TICKET),
      {
        status: 400,
        body: 'The Idempotency-Key is not a valid key; send 1 to 255 visible ASCII characters without a double quote.',
      },
      key,
    )
  t.match(await keyed(home, 'x'.repeat(255), 'create_ticket', TICKET), { status: 200, body: '1' })
})

t.test('a secret in a call is not kept with its key', async t => {
  const home = await house(t)
  const password = 'a canary in a cage'
  const set = (new_password: string) => keyed(home, 'a', 'set_password', { username: 'fred', new_password })
  t.match(await set(password), { status: 200, body: 'The password of fred is set.' })
  t.match(await set(password), { status: 200, body: 'The password of fred is set.' })
  t.match(await set(`${password}!`), OTHER_CALL)
  const token = { username: 'fred', label: 'x' }
  const { body } = await keyed(home, 'b', 'issue_token', token)
  t.match(body, /^hdt_/)
  t.match(await keyed(home, 'b', 'issue_token', token), {
    status: 409,
    body: 'Token 1 was issued to the first call with this Idempotency-Key and is not shown again; revoke it and issue another.',
  })
  await home.daemon.stop()
  const kept = filesBelow(home.directory)
  for (const secret of [password, body, SUSAN.password, FRED.password])
    t.notOk(kept.some(file => readFileSync(file).includes(secret)))
  t.ok(kept.some(file => readFileSync(file).includes('"fingerprint":"')))
})

function filesBelow(directory: string): string[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(name =>
    join(directory, name),
  )
  return paths.filter(path => statSync(path).isFile())
}
