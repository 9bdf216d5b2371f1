import t from 'tap'
import { startDaemon } from '../../../daemon/daemon.ts'
import { httpStatuses } from '../../../daemon/http/statuses.ts'
import { configFor, house, quietEvents } from '../../house.ts'
import { exchange, LOGIN, lingerFor, postBytes, repliesIn } from '../../http_client.ts'

const PLAIN = 'text/plain; charset=utf-8'
const CLOSE = ['Connection: close']
const FORM = 'application/x-www-form-urlencoded'

/** A request and its expected response. Most have several faults: the one that is checked first decides the status. */
interface Row {
  readonly what: string
  readonly bytes: string
  readonly status: number
  readonly type?: string
  readonly body: RegExp
  readonly headers?: Record<string, RegExp | string>
}

const wrong = 'user=susan&password=wrong'
const post = (path: string, body: string, headers: readonly string[] = []) =>
  postBytes(path, body, [...CLOSE, ...headers])
/** A POST with a Content-Type other than that of a form. */
const typed = (type: string, body: string, headers: readonly string[] = []) =>
  post('/api/hold_ticket/', body, headers).replace(FORM, type)
const get = (path: string, verb = 'GET', headers: readonly string[] = []) =>
  [`${verb} ${path} HTTP/1.1`, 'Host: localhost', ...CLOSE, ...headers, '', ''].join('\r\n')

const rows: readonly Row[] = [
  {
    what: 'done',
    bytes: post('/api/hold_ticket/', `${LOGIN}&ticket=1`),
    status: 200,
    body: /^Ticket 1 is on hold\.$/,
  },
  { what: 'bare digits', bytes: post('/api/find_user', `${LOGIN}&username=fred`), status: 200, body: /^2$/ },
  {
    what: 'a list',
    bytes: post('/api/list_queues', LOGIN),
    status: 200,
    type: 'text/json',
    body: /^\[\{"id":"1"/,
  },
  {
    what: 'unknown parameters',
    bytes: post('/api/hold_ticket', `${LOGIN}&ticket=1&x=y`),
    status: 200,
    body: /on hold/,
    headers: { 'x-ignored-parameters': 'x' },
  },
  {
    what: 'the page',
    bytes: get('/api/'),
    status: 200,
    type: 'text/html; charset=utf-8',
    body: /^<!DOCTYPE html>/,
    headers: { 'content-security-policy': /^default-src 'none'/ },
  },
  {
    what: 'the document',
    bytes: get('/api/openapi.json'),
    status: 200,
    type: 'application/json',
    body: /^\{"openapi":"3\.1/,
  },
  { what: 'health', bytes: get('/healthz'), status: 200, body: /^ok$/ },
  {
    what: 'metrics',
    bytes: get('/metrics'),
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    body: /^# HELP /,
  },

  { what: 'malformed HTTP', bytes: 'nonsense\r\n\r\n', status: 400, body: /^Malformed HTTP request;/ },
  {
    what: 'no Host',
    bytes: 'POST /api/hold_ticket/ HTTP/1.1\r\nConnection: close\r\n\r\n',
    status: 400,
    body: /^The Host header is missing/,
  },
  {
    what: 'both lengths',
    bytes: post('/api/hold_ticket/', LOGIN, ['Transfer-Encoding: chunked']),
    status: 400,
    body: /^Malformed HTTP request;/,
  },
  {
    what: 'a malformed form',
    bytes: post('/api/nothing', 'user=%zz'),
    status: 400,
    body: /^The value of parameter 1 is not percent-encoded/,
  },
  {
    what: 'malformed JSON',
    bytes: typed('application/json', `{"user":"susan"`),
    status: 400,
    type: 'application/problem+json',
    body: /"detail":"The body is not JSON/,
  },
  {
    what: 'malformed multipart',
    bytes: typed('multipart/form-data', wrong),
    status: 400,
    body: /has no boundary/,
  },
  {
    what: 'a login twice',
    bytes: post('/api/nothing', `${wrong}&password=x`),
    status: 400,
    body: /^"password" is sent more than once/,
  },
  {
    what: 'a parameter twice',
    bytes: post('/api/hold_ticket', `${LOGIN}&ticket=9&ticket=9`),
    status: 400,
    body: /^"ticket" is sent more than once/,
  },
  {
    what: 'a parameter missing',
    bytes: post('/api/hold_ticket', LOGIN),
    status: 400,
    body: /^ticket is missing/,
  },
  {
    what: 'a parameter wrong',
    bytes: post('/api/hold_ticket', `${LOGIN}&ticket=x`),
    status: 400,
    body: /^ticket: "x" is not a ticket number/,
  },
  {
    what: 'an invalid key',
    bytes: post('/api/hold_ticket', LOGIN, ['Idempotency-Key: a b']),
    status: 400,
    body: /^The Idempotency-Key is not a valid key/,
  },

  {
    what: 'no login',
    bytes: post('/api/nothing', 'ticket=x&ticket=x'),
    status: 403,
    body: /^The login is missing or cannot be read; send a username and a password, or a token\.$/,
  },
  {
    what: 'a wrong login',
    bytes: post('/api/hold_ticket', `${wrong}&ticket=x`),
    status: 403,
    body: /^The username or the password is wrong\.$/,
  },
  {
    what: 'a wrong header',
    bytes: post('/api/hold_ticket', 'ticket=x', ['Authorization: Basic eDp5']),
    status: 403,
    body: /^The username or the password is wrong\.$/,
  },
  {
    what: 'not allowed',
    bytes: post('/api/add_user', 'user=fred&password=a+cat+called+Tom&admin=x'),
    status: 403,
    body: /^Only administrators can call add_user/,
  },
  {
    what: 'a method for the daemon only',
    bytes: post('/api/report_letter', LOGIN),
    status: 403,
    body: /^Only the helpdesk itself can call report_letter/,
  },
  {
    what: 'metrics from afar',
    bytes: get('/metrics', 'GET', ['Via: 1.1 x']),
    status: 403,
    body: /^Without a login, the metrics are for this machine/,
  },

  {
    what: 'no such method',
    bytes: post('/api/nothing', `${LOGIN}&ticket=9&ticket=9`),
    status: 404,
    body: /^There is no method "nothing"/,
  },
  {
    what: 'no such ticket',
    bytes: post('/api/hold_ticket', `${LOGIN}&ticket=9`),
    status: 404,
    body: /^There is no ticket 9\.$/,
  },
  {
    what: 'no such path',
    bytes: post('/hold_ticket', LOGIN),
    status: 404,
    body: /^There is nothing at this path/,
  },
  { what: 'no method', bytes: post('/api/', LOGIN), status: 404, body: /^There is nothing at this path/ },

  ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map(verb => ({
    what: verb,
    bytes: get('/api/nothing/', verb, ['Authorization: Basic eDp5']),
    status: 405,
    body: new RegExp(`^${verb} is not allowed here; use POST\\.$`),
    headers: { allow: 'POST' },
  })),
  {
    what: 'a taken name',
    bytes: post('/api/add_queue', `${LOGIN}&title=x&slug=support`),
    status: 409,
    body: /^The slug support is taken by/,
  },
  {
    what: 'too large',
    bytes: get('/api/nothing', 'POST', ['Content-Length: 26214401']),
    status: 413,
    body: /^The body is too large; send at most 26214400 bytes\.$/,
  },
  {
    what: 'another type',
    bytes: typed('text/xml', wrong),
    status: 415,
    body: /^The body is of type "text\/xml"; send /,
  },
  {
    what: 'long headers',
    bytes: get('/healthz', 'GET', [`X: ${'x'.repeat(20_000)}`]),
    status: 431,
    body: /^The headers are too large/,
  },
]

t.test('each response has its status, type and headers, in the order of the checks', async t => {
  const { daemon, susan } = await house(t)
  await susan('create_ticket', { queue: '1', title: 'x' })
  for (const { what, bytes, status, type = PLAIN, body, headers = {} } of rows) {
    const [reply] = repliesIn(await exchange(daemon.httpPort, bytes))
    t.match(reply, { status, body, headers: { 'content-type': type, ...headers } }, what)
    if (status === 400 && /Malformed HTTP/.test(body.source)) continue
    if (status === 431) continue
    t.match(
      reply!.headers,
      { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
      `${what}: headers`,
    )
    if (type === PLAIN || type === 'text/json')
      t.notMatch(reply!.body, /\n$/, `${what}: no line feed behind it`)
  }
})

t.test('too many failed logins and a full disk say when to try again', async t => {
  const { daemon, directory } = await house(t)
  const ask = async (bytes: string, port = daemon.httpPort) => repliesIn(await exchange(port, bytes))[0]
  for (let at = 0; at < 10; at++) t.match(await ask(post('/api/hold_ticket', wrong)), { status: 403 })
  t.match(await ask(post('/api/nothing', `${LOGIN}&ticket=x`)), {
    status: 429,
    headers: { 'retry-after': /^(?:30|29)$/, 'content-type': PLAIN },
    body: /^Too many logins failed; try again in (?:30|29) seconds\.$/,
  })
  await daemon.stop()
  const full = await startDaemon(
    configFor(directory, `store.min_free = ${Number.MAX_SAFE_INTEGER}`),
    quietEvents(),
  )
  t.teardown(() => full.stop())
  t.match(await ask(post('/api/hold_ticket', `${LOGIN}&ticket=1`), full.httpPort), {
    status: 503,
    headers: { 'retry-after': '10', 'content-type': PLAIN },
    body: /^The disk that holds the tickets is nearly full/,
  })
})

t.test(
  'a body that arrives too slowly is refused; a slow one within the limit for its size is not',
  async t => {
    const clock = t.intercept(performance, 'now', { value: () => now })
    let now = 1000
    const { daemon } = await house(t)
    lingerFor(t, 100)
    const body = `${LOGIN}&ticket=1`
    const slow = exchange(daemon.httpPort, post('/api/hold_ticket', body).slice(0, -1))
    const large = `${LOGIN}&ticket=1&x=${'x'.repeat(300 * 1024)}`
    const slower = exchange(daemon.httpPort, post('/api/hold_ticket', large).slice(0, -1))
    await new Promise(resolve => setTimeout(resolve, 300))
    now += 31_000
    t.match(repliesIn(await slow), [
      {
        status: 408,
        headers: { connection: 'close', 'content-type': PLAIN },
        body: 'The body arrived too slowly; send it again, at 8192 bytes per second or faster.',
      },
    ])
    let isAnswered = false
    void slower.then(() => {
      isAnswered = true
    })
    await new Promise(resolve => setTimeout(resolve, 1500))
    t.notOk(isAnswered, 'received bytes give it more time')
    now += 40_000
    t.match(repliesIn(await slower), [{ status: 408 }], 'in the end, that one times out, too')
    t.ok(clock)
  },
)

t.test('every status in the table occurs', t => {
  const had = new Set([...rows.map(({ status }) => status), 408, 429, 503, 500])
  t.same(
    [...httpStatuses.keys()].filter(status => !had.has(status)),
    [],
  )
  t.end()
})
