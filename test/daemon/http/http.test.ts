import t, { type Test } from 'tap'
import { KnownAddresses } from '../../../daemon/auth/known_addresses.ts'
import { loginTo } from '../../../daemon/auth/login.ts'
import { startDaemon } from '../../../daemon/daemon.ts'
import { openHttp } from '../../../daemon/http/http.ts'
import type { HttpSite } from '../../../daemon/http/routes.ts'
import { openStore } from '../../../data/json/open.ts'
import { Passwords } from '../../../data/password/password.ts'
import type { Store } from '../../../data/store.ts'
import {
  configFor,
  directoryFor,
  eventsTo,
  FRED,
  house,
  noCaps,
  quietEvents,
  quietStore,
  SUSAN,
  sharesOf,
} from '../../house.ts'
import { ask, exchange, LOGIN, postBytes, repliesIn } from '../../http_client.ts'

function site(t: Test, store: Store, ready: boolean, events = quietEvents()): HttpSite {
  const config = configFor(directoryFor(t))
  const [knownAddresses, passwords] = [new KnownAddresses(), new Passwords()]
  return {
    store,
    shares: sharesOf(store),
    login: loginTo({ store, knownAddresses, passwords, events }),
    passwords,
    events,
    knownAddresses,
    config,
    room: async () => {},
    letters: noCaps(),
    ready: () => ready,
    health: async () => [],
    metrics: async () => '',
    status: () => Promise.reject(new Error('no test asks for it')),
  }
}

const WRONG = 'The username or the password is wrong.'
const NO_LOGIN = 'The login is missing or cannot be read; send a username and a password, or a token.'

t.test('any verb other than POST is refused before anything else', async t => {
  const { daemon } = await house(t)
  const verbs = ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE', 'M-SEARCH', 'PURGE']
  for (const verb of verbs) {
    for (const path of ['/api/hold_ticket/', '/api/hold_ticket', '/api/anything', '/api/constructor/?a=b']) {
      t.match(
        await ask(daemon.httpPort, verb, path, ['PUT', 'PATCH'].includes(verb) ? '%%%' : ''),
        {
          status: 405,
          headers: { allow: 'POST', 'content-type': 'text/plain; charset=utf-8' },
          body: `${verb} is not allowed here; use POST.`,
        },
        `${verb} ${path}`,
      )
    }
  }
  for (const target of ['/api/hold_ticket/', 'helpdesk.example:80']) {
    const received = await exchange(daemon.httpPort, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
    t.match(repliesIn(received), [
      { status: 405, headers: { allow: 'POST' }, body: 'CONNECT is not allowed here; use POST.' },
    ])
  }
  t.match(await ask(daemon.httpPort, 'HEAD', '/api/hold_ticket'), {
    status: 405,
    headers: { allow: 'POST' },
    body: '',
  })
})

t.test('every wrong login gets the same response, before the method is checked', async t => {
  const { daemon, shell, log } = await house(t)
  await shell('change_user', 'username=fred', 'active=n')
  const long = 'x'.repeat(100_000)
  const wrong: Record<string, string>[] = [
    {},
    { user: '', password: '' },
    { user: 'susan' },
    { user: 'susan', password: '' },
    { user: 'susan', password: 'wrong-canary' },
    { user: 'susan', password: long },
    { user: 'susan', password: SUSAN.password.padEnd(73) },
    { user: 'susan', password: `${SUSAN.password}\0` },
    { user: 'susan', password: ` ${SUSAN.password}` },
    { user: 'Susan', password: SUSAN.password },
    { user: 'nobody', password: SUSAN.password },
    { user: long, password: long },
    { user: '__proto__', password: 'constructor' },
    { user: 'fred', password: FRED.password },
    { username: 'susan', password: 'wrong-canary' },
  ]
  const all = ['hold_ticket', 'find_user', 'no_such_method', 'constructor', '__proto__']
  // A check of a password takes 0.1 s, so the other methods get fewer of them.
  const few = wrong.filter(({ username, password }) => !password || username !== undefined)
  for (const [at, method] of all.entries()) {
    for (const login of at === 0 ? wrong : few) {
      const body = new URLSearchParams({ ...login, ticket: 'x' }).toString()
      t.match(
        await ask(daemon.httpPort, 'POST', `/api/${method}`, body, undefined, `127.0.1.${at}`),
        { status: 403, body: login.user || login.username ? WRONG : NO_LOGIN },
        `${method} ${JSON.stringify(login).slice(0, 80)}`,
      )
    }
  }
  const told = log.join('')
  for (const secret of [SUSAN.password, FRED.password, 'wrong-canary', long]) t.notMatch(told, secret)
  t.match(told, '"event":"login_failed","door":"http","username":"susan","peer":"127.0.1.0"')
  t.notMatch(told, 'nobody', 'an unknown username may be a password in the wrong field')
  t.equal((await ask(daemon.httpPort, 'POST', '/api/list_queues', LOGIN)).status, 200)
})

t.test('a path names a method exactly', async t => {
  const { daemon } = await house(t)
  const right = ['/api/list_queues', '/api/list_queues/', '/api/list_queues?x=y', '/api/list_queues/?user=x']
  for (const path of right) {
    t.equal((await ask(daemon.httpPort, 'POST', path, LOGIN)).status, 200, path)
  }
  for (const name of [
    ...['List_queues', 'list_queues%2f', '%6cist_queues', 'list_queues%', '%2', '%', '..', 'constructor'],
    ...['__proto__', 'toString', 'has', 'list_queues.json', 'x'.repeat(8000)],
  ]) {
    const reply = await ask(daemon.httpPort, 'POST', `/api/${name}`, LOGIN)
    t.equal(reply.status, 404, name.slice(0, 20))
    t.match(reply.body, /^There is no method ".*"; POST to \/api\/help\/ for a list\.$/)
    t.ok(reply.body.length < 120)
  }
  for (const path of [
    '/',
    '/api',
    '/api/',
    '/api/a/b',
    '/api//hold_ticket',
    '//api/hold_ticket/',
    '/api/../healthz',
    '/API/hold_ticket',
    '/metrics',
  ]) {
    t.match(
      await ask(daemon.httpPort, 'POST', path, LOGIN),
      { status: 404, body: /^There is nothing at this path; POST to/ },
      path,
    )
  }
  t.equal((await ask(daemon.httpPort, 'GET', '/favicon.ico')).status, 404)
})

t.test('the request target may be an absolute URL', async t => {
  const { daemon } = await house(t)
  for (const [target, status] of [
    ['http://helpdesk.example/healthz', 200],
    ['HTTPS://helpdesk.example:8090/healthz', 200],
    ['http://helpdesk.example', 404],
    ['http://helpdesk.example/nothing', 404],
  ]) {
    const request = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
    t.match(repliesIn(await exchange(daemon.httpPort, request)), [{ status }], `${target}`)
  }
})

t.test('responses are plain text or ASCII JSON, without a line feed at the end', async t => {
  const { susan, shell } = await house(t)
  await shell('add_queue', 'title=Büro 🖨 </script>', 'slug=office')
  const created = await susan('create_ticket', { queue: 'support', title: 'Grüße' })
  t.match(created, { status: 200, body: '1' })
  t.equal(created.headers.get('content-type'), 'text/plain; charset=utf-8')
  t.equal(created.headers.get('content-length'), '1')

  const queues = await susan('list_queues')
  t.equal(queues.headers.get('content-type'), 'text/json')
  t.match(queues.body, '"B\\u00fcro \\ud83d\\udda8 </script>"')
  t.match(queues.body, /^[\x20-\x7e]+$/, 'ASCII on one line')
  t.same(JSON.parse(queues.body)[0].title, 'Büro 🖨 </script>')

  t.equal((await susan('find_user', { username: 'fred' })).body, '2')
  const missing = await susan('hold_ticket', { ticket: '99999' })
  t.equal(missing.headers.get('content-type'), 'text/plain; charset=utf-8')
  for (const reply of [created, queues, missing]) {
    t.equal(reply.headers.get('x-content-type-options'), 'nosniff')
    t.equal(reply.headers.get('cache-control'), 'no-store')
    t.notMatch(reply.body, /\n$/)
  }
})

t.test('requests on one connection are handled one after the other', async t => {
  const { daemon, susan, log } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const fred = `user=fred&password=${encodeURIComponent(FRED.password)}`
  const bytes = [
    postBytes('/api/hold_ticket', `${fred}&ticket=1`),
    postBytes('/api/nothing', `${LOGIN}`),
    'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    postBytes('/api/unhold_ticket', `${LOGIN}&ticket=1`, ['Connection: close']),
  ]
  const replies = repliesIn(await exchange(daemon.httpPort, bytes.join('')))
  t.match(replies, [
    { status: 200, body: 'Ticket 1 is on hold.' },
    { status: 404 },
    { status: 200, body: 'ok' },
    { status: 200, body: 'Ticket 1 is not on hold.' },
  ])
  t.equal(replies.length, 4)
  // The password of the first must be checked; that of the last is remembered.
  const called = log
    .map(line => JSON.parse(line))
    .filter(({ event, door }) => event === 'called' && door === 'http')
  t.same(
    called.map(({ method, peer }) => [method, peer]),
    ['create_ticket', 'hold_ticket', 'unhold_ticket'].map(method => [method, '127.0.0.1']),
  )
})

t.test('health is ok once the daemon is ready, and HEAD gets no body', async t => {
  const { daemon } = await house(t)
  t.match(await ask(daemon.httpPort, 'GET', '/healthz'), {
    status: 200,
    body: 'ok',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
  t.match(await ask(daemon.httpPort, 'HEAD', '/healthz'), {
    status: 200,
    body: '',
    headers: { 'content-length': '2' },
  })
  t.match(await ask(daemon.httpPort, 'POST', '/healthz'), { status: 404 })
  const idle = { watch: () => () => {} } as unknown as Store
  const door = await openHttp(site(t, idle, false))
  t.teardown(() => door.close())
  t.match(await ask(door.port, 'GET', '/healthz'), { status: 503, body: 'starting' })
})

t.test('an unexpected error is logged with its stack, and the response has no details', async t => {
  const log: string[] = []
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const broken: Store = {
    ...store,
    watch: () => () => {},
    read: () => Promise.reject(new Error('the disk is on fire', { cause: 'a spark' })),
  }
  const door = await openHttp(site(t, broken, true, eventsTo(log)))
  t.teardown(() => door.close())
  t.match(await ask(door.port, 'POST', '/api/hold_ticket', LOGIN), {
    status: 500,
    body: 'An internal error occurred and was logged. Check whether your request was carried out, and tell an administrator of this helpdesk.',
  })
  const line = JSON.parse(log.at(-1)!)
  t.match(line, {
    level: 'error',
    event: 'failed',
    door: 'http',
    error: 'the disk is on fire',
    stack: /http\.test\.ts/,
    cause: 'a spark',
  })
  t.notMatch(log.join(''), SUSAN.password)
  t.equal((await ask(door.port, 'GET', '/healthz')).status, 200)
})

t.test('a full disk is 503, and nothing is changed', async t => {
  const { daemon, directory, susan } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  await daemon.stop()
  const full = await startDaemon(
    configFor(directory, `store.min_free = ${Number.MAX_SAFE_INTEGER}`),
    quietEvents(),
  )
  t.teardown(() => full.stop())
  t.match(await ask(full.httpPort, 'POST', '/api/hold_ticket', `${LOGIN}&ticket=1`), {
    status: 503,
    headers: { 'retry-after': '10' },
    body: 'The disk that holds the tickets is nearly full; nothing was changed. Try again later.',
  })
  t.match(await ask(full.httpPort, 'POST', '/api/hold_ticket', 'user=susan'), { status: 403 })
})
