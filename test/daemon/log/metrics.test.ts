import { join } from 'node:path'
import t from 'tap'
import { isFromHere } from '../../../daemon/http/metrics_endpoint.ts'
import { JsonStore } from '../../../data/json/store.ts'
import { directoryFor, type House, house, SUSAN, until } from '../../house.ts'
import { ask, exchange } from '../../http_client.ts'

/** The samples of a text in the format of Prometheus, by name and labels. Throws if the format is wrong. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  const helped = new Set<string>()
  let family = ''
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('it does not end with a line feed')
  for (const line of lines) {
    if (line === '') continue
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z0-9_]+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') {
      if (helped.has(name)) throw new Error(`${name} is told of twice`)
      helped.add(name)
      family = name
    } else if (word === 'TYPE') {
      if (name !== family || !/^(?:counter|gauge|histogram)$/.test(rest)) throw new Error(line)
      types.set(name, rest)
    } else readSample(line, family, types.get(family), samples)
  }
  return samples
}

// The mean of the event loop delay is undefined right after a reading.
const SAMPLE = /^([a-z0-9_]+)(?:\{((?:[a-z]+="[^"\\\n]*",?)+)\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|Nan|NaN)$/

function readSample(
  line: string,
  family: string,
  type: string | undefined,
  samples: Map<string, number>,
): void {
  const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? []
  const ends = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
  if (!ends.some(end => name === family + end)) throw new Error(`out of place: ${line}`)
  // The rules of `promtool check metrics`.
  if (/(?:^|,)quantile=/.test(labels) || (type !== 'histogram' && /(?:^|,)le=/.test(labels)))
    throw new Error(`a label of another type: ${line}`)
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`not named as a ${type}: ${name}`)
  const key = labels ? `${name}{${labels}}` : name
  if (samples.has(key)) throw new Error(`twice: ${line}`)
  samples.set(key, Number(value))
}

async function scraped({ daemon }: House): Promise<{ get(key: string): number; text: string }> {
  const { status, headers, body } = await ask(daemon.httpPort, 'GET', '/metrics', '', {})
  if (status !== 200) throw new Error(body)
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  const samples = samplesIn(body)
  return { get: key => samples.get(key) ?? 0, text: body }
}

const call = (method: string, door: string, code: string) =>
  `helpdeskd_calls_total{method="${method}",door="${door}",code="${code}"}`

t.test('calls at each door are counted', async t => {
  const home = await house(t)
  const { susan, post, shell, mail } = home
  const before = await scraped(home)
  const login = { username: SUSAN.username, password: SUSAN.password }

  await susan('create_ticket', { queue: '1', title: 'x' })
  await susan('hold_ticket', { ticket: '1' })
  await susan('hold_ticket', { ticket: '1' })
  await susan('hold_ticket', { ticket: '99' })
  await susan('resolve', { ticket: '1' })
  await susan('made_up_canary')
  await post('hold_ticket', { user: 'susan', password: 'wrong', ticket: '1' })
  await shell('unhold', '1')
  await shell('unhold', '99')
  await mail({ subject: 'hold 1', login })
  await mail({ subject: 'hold 99', login })
  await mail({ subject: 'It does not work' })
  await t.rejects(mail({ subject: 'x', login: { ...login, password: 'wrong' } }))

  const after = await scraped(home)
  const more = (key: string) => after.get(key) - before.get(key)
  t.equal(more(call('create_ticket', 'http', 'ok')), 1)
  t.equal(more(call('hold_ticket', 'http', 'ok')), 2)
  t.equal(more(call('hold_ticket', 'http', 'not_found')), 1)
  t.equal(more(call('hold_ticket', 'http', 'unauthenticated')), 1)
  t.equal(more(call('resolve', 'http', 'invalid')), 1)
  t.equal(more(call('(unknown)', 'http', 'not_found')), 1)
  t.equal(more(call('unhold_ticket', 'shell', 'ok')), 1)
  t.equal(more(call('unhold_ticket', 'shell', 'not_found')), 1)
  t.equal(more(call('hold_ticket', 'mail', 'ok')), 1)
  t.equal(more(call('hold_ticket', 'mail', 'not_found')), 1)
  t.equal(more(call('create_ticket', 'mail', 'ok')), 1)
  t.equal(more('helpdeskd_logins_refused_total{door="http"}'), 1)
  t.equal(more('helpdeskd_logins_refused_total{door="mail"}'), 1)
  t.notMatch(after.text, 'canary', 'invented names make no metrics')

  const took = (end: string) => more(`helpdeskd_call_duration_seconds_${end}`)
  t.equal(took('count{method="hold_ticket",door="http"}'), 2)
  t.equal(took('bucket{le="+Inf",method="hold_ticket",door="http"}'), 2)
  t.ok(took('sum{method="hold_ticket",door="http"}') > 0)
  t.equal(took('count{method="hold_ticket",door="mail"}'), 1)
  t.notOk(home.log.some(line => line.includes('"event":"failed"')))
})

t.test('unexpected errors are counted, too', async t => {
  const home = await house(t)
  const before = await scraped(home)
  // A bug in the store.
  const { transact } = JsonStore.prototype
  t.teardown(() => Object.assign(JsonStore.prototype, { transact }))
  JsonStore.prototype.transact = async () => {
    throw new TypeError('x is not a function')
  }
  await t.rejects(home.mail({ subject: 'x' }), /451 4\.3\.0 An internal error occurred/)
  Object.assign(JsonStore.prototype, { transact })
  const after = await scraped(home)
  const key = call('(unknown)', 'mail', 'failed')
  t.equal(after.get(key) - before.get(key), 1)
})

t.test('commits, syncs, the outbox and the process are measured', async t => {
  const home = await house(t)
  const before = await scraped(home)
  for (let ticket = 1; ticket <= 5; ticket++) await home.susan('create_ticket', { queue: '1', title: 'x' })
  await home.susan('list_queues')
  let after = await scraped(home)
  const more = (key: string) => after.get(key) - before.get(key)
  for (const name of ['commit', 'sync']) {
    t.equal(
      more(`helpdeskd_${name}_duration_seconds_count`),
      5,
      'a call that changes nothing makes no commit',
    )
    t.ok(more(`helpdeskd_${name}_duration_seconds_sum`) > 0)
    t.equal(
      after.get(`helpdeskd_${name}_duration_seconds_bucket{le="+Inf"}`),
      after.get(`helpdeskd_${name}_duration_seconds_count`),
    )
  }
  t.ok(
    more('helpdeskd_commit_duration_seconds_sum') >= more('helpdeskd_sync_duration_seconds_sum'),
    'a commit waits for its sync',
  )
  const together = Array.from({ length: 20 }, () => home.susan('create_ticket', { queue: '1', title: 'x' }))
  await Promise.all(together)
  after = await scraped(home)
  t.equal(more('helpdeskd_commit_duration_seconds_count'), 25)
  t.ok(more('helpdeskd_sync_duration_seconds_count') <= 25)

  const states = (text: string) => text.match(/^helpdeskd_outbox_letters\{.*/gm)
  t.same(states(after.text), [
    'helpdeskd_outbox_letters{state="waiting"} 0',
    'helpdeskd_outbox_letters{state="sent"} 0',
    'helpdeskd_outbox_letters{state="failed"} 0',
  ])
  await home.susan('create_ticket', { queue: '1', title: 'x', submitter_email: 'erin@example.net' })
  await until('the letter to be sent', async () => {
    after = await scraped(home)
    return after.get('helpdeskd_outbox_letters{state="sent"}') === 1
  })
  t.equal(after.get('helpdeskd_outbox_letters{state="waiting"}'), 0)

  t.ok(after.get('process_resident_memory_bytes') > 10_000_000)
  t.ok(after.get('process_open_fds') > 5)
  t.ok(more('process_cpu_seconds_total') > 0)
  t.ok(Math.abs(after.get('process_start_time_seconds') - Date.now() / 1000) < 600)
  t.ok(after.get('process_virtual_memory_bytes') >= after.get('process_resident_memory_bytes'))
  t.ok(after.get('process_max_fds') > after.get('process_open_fds'))
  t.ok(after.get('nodejs_heap_size_used_bytes') > 1_000_000)
  t.match(after.text, /^nodejs_version_info\{version="v[0-9.]+",/m)
  await until('a loop that stood still to be seen', async () => {
    // Node measures from the second tick after a look on.
    await new Promise(resolve => setTimeout(resolve, 50))
    const end = performance.now() + 200
    while (performance.now() < end);
    after = await scraped(home)
    return after.get('nodejs_eventloop_lag_max_seconds') > 0.1
  })
})

t.test('the metrics are for this machine, and for users who log in', async t => {
  const path = join(directoryFor(t), 'http.sock')
  const home = await house(t, `http.listen = ["127.0.0.1:0", "[::1]:0", "unix:${path}"]`)
  const { httpPort } = home.daemon
  t.match(await ask(httpPort, 'HEAD', '/metrics', '', {}), { status: 200, body: '' })
  t.match(await ask(httpPort, 'POST', '/metrics', '', {}), { status: 404 })
  const sentence =
    'Without a login, the metrics are for this machine only, at a loopback address or localhost and without a proxy; log in with HTTP Basic or a Bearer token.'
  for (const headers of [
    { 'X-Forwarded-For': '127.0.0.1' },
    { 'x-forwarded-for': '' },
    { Forwarded: 'for=127.0.0.1' },
    { Via: '1.1 proxy' },
    { Host: 'helpdesk.example' },
    { Host: '127.0.0.1.helpdesk.example:8090' },
  ]) {
    const refused = { status: 403, body: sentence }
    t.match(await ask(httpPort, 'GET', '/metrics', '', headers as never), refused, JSON.stringify(headers))
  }
  const behind = Array.from({ length: 100 }, (_, at) => `X-${at}: x`).join('\r\n')
  const many = `GET /metrics HTTP/1.1\r\nHost: localhost\r\n${behind}\r\nVia: 1.1 x\r\nConnection: close\r\n\r\n`
  t.match(await exchange(httpPort, many), /^HTTP\/1\.1 403 /, 'no header is ignored after many others')
  const byUnix = await exchange({ path }, 'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  t.match(byUnix, /^HTTP\/1\.1 403 /, 'a client at a unix socket may be a proxy that adds no header')
  t.match(byUnix, sentence)

  const token = (await home.shell('issue_token', 'username=fred', 'label=metrics', 'methods=list_queues'))
    .gives
  const afar = (Authorization: string) =>
    ask(httpPort, 'GET', '/metrics', '', { Authorization, 'X-Forwarded-For': '192.0.2.1' })
  t.match(await afar(`Bearer ${token}`), { status: 200, body: /^# HELP helpdeskd_calls_total /m })
  await home.shell('change_user', 'username=fred', 'queues=1')
  t.match(await afar(`Bearer ${token}`), { status: 403, body: /^The metrics are about all queues/ })
  const { username, password } = SUSAN
  t.match(await afar(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`), { status: 200 })
  const wrong = { status: 403, body: 'The username or the password is wrong.' }
  t.match(await afar(`Bearer ${token}x`), wrong)
  t.match(await afar('Basic x'), { status: 403, body: /^The login is missing or cannot be read/ })

  const from = (remoteAddress: string | undefined, headers = {}) =>
    isFromHere({ socket: { remoteAddress }, headers })
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) t.ok(from(address), address)
  for (const address of ['192.0.2.1', '10.0.0.1', '::', '::2', '::ffff:192.0.2.1', '', undefined])
    t.notOk(from(address), `${address}`)
  for (const host of ['localhost', 'LOCALHOST:8090', '127.0.0.1:8090', '127.8.9.1', '[::1]:8090', '[::1]'])
    t.ok(from('127.0.0.1', { host }), host)
  for (const host of [
    '',
    'evil.example',
    '192.0.2.1:8090',
    '[::2]',
    '::1',
    '127.0.0.1@evil.example',
    '[127.0.0.1]x',
  ])
    t.notOk(from('127.0.0.1', { host }), `"${host}"`)
})
