import { connect } from 'node:net'
import t from 'tap'
import { methods } from '../../handlers/index.ts'
import { FRED, HELPDESK, type House, house, SUPPORT, SUSAN, secretsIn } from '../house.ts'
import { ask, exchange, LOGIN, postBytes, repliesIn } from '../http_client.ts'
import { kept } from './mail/kept.ts'
import { sendRaw } from './mail/wire.ts'

const CANARY = 'canary4711'

/** Where a secret occurs in everything that the daemon has kept, sent and logged. */
async function found({ directory, log, daemon }: House, secret: string): Promise<string[]> {
  await daemon.stop()
  return secretsIn(directory, log, [secret])
}

t.test('a secret in a title, a subject or a key is never kept', async t => {
  const home = await house(t)
  const title = `Password: ${CANARY} does not work`
  t.match(await home.susan('create_ticket', { queue: '1', title, submitter_email: 'ann@example.net' }), {
    status: 200,
  })
  await home.mail({ from: 'erin@example.net', to: SUPPORT, subject: `My passwd=${CANARY}`, text: 'Help.' })
  await home.mail({ from: 'erin@example.net', to: SUPPORT, subject: `Mein Paßwort, pass: ${CANARY} é` })
  const login = SUSAN
  await home.mail({ to: HELPDESK, subject: `create support: token=${CANARY}`, login })
  await home.mail({ to: HELPDESK, subject: `set_password username=fred new_password=${CANARY}`, login })
  await home.mail({ to: HELPDESK, subject: `set_password fred ${CANARY}`, login })
  const large = 'x'.repeat(70)
  t.match(
    await home.mail({
      from: 'erin@example.net',
      to: SUPPORT,
      subject: `The printer says password: ${CANARY} and then nothing more for a very long while`,
      text: `${large}\n`.repeat(6000),
      headers: { 'Thread-Topic': `The printer says password: ${CANARY}` },
    }),
    /^250/,
    'a large one',
  )
  const answer = await home.susan('list_queues', { [`passwd: ${CANARY}`]: 'x', [`a=pw=${CANARY}`]: 'y' })
  t.match(answer.headers.get('x-ignored-parameters'), 'passwd%3A%20%5Bremoved%5D')
  t.match(await home.susan('hold_ticket', { ticket: `token=${CANARY}` }), {
    status: 400,
    body: /^ticket: "token=\[removed\]" is not a ticket number/,
  })
  t.match(await home.shell('hold_ticket', `ticket=pass=${CANARY}`), { exit: 65 })
  const { tickets, mails } = {
    tickets: await kept(home.config.state_dir, 'tickets'),
    mails: await kept(home.config.state_dir, 'mails'),
  }
  t.same(
    tickets.map(ticket => ticket.title),
    [
      'Password: [removed]',
      'My passwd=[removed]',
      'Mein Paßwort, pass: [removed]',
      'token=[removed]',
      'The printer says password: [removed]',
    ],
  )
  t.same(
    mails.map(mail => mail.raw),
    mails.map(() => null),
  )
  const letters = await home.letters(4)
  t.match(letters.join(''), /set_password cannot be called by mail; use http or shell\./)
  t.same(await found(home, CANARY), [])
})

t.test('the password of a request is blanked in all its texts', async t => {
  const home = await house(t)
  const { password } = SUSAN
  const port = home.daemon.httpPort
  for (const body of [`It is ${password}.`, `It is ${password}.${' x'.repeat(40_000)}`])
    t.match(
      await home.susan('create_ticket', {
        queue: '1',
        title: `I am susan, ${password}`,
        body,
        submitter_email: 'ann@example.net',
        [password]: 'x',
      }),
      { status: 200 },
    )
  const tickets = await kept(home.config.state_dir, 'tickets')
  t.same(
    tickets.map(ticket => ticket.title),
    ['I am susan, [removed]', 'I am susan, [removed]'],
  )
  const told = [
    await ask(port, 'POST', `/api/${encodeURIComponent(password)}/`, LOGIN),
    await ask(port, 'POST', '/api/hold_ticket/', `${LOGIN}&ticket=${encodeURIComponent(password)}`),
    await ask(port, 'POST', '/api/find_user/', `${LOGIN}&username=${encodeURIComponent(password)}`),
  ]
  for (const { status, body } of told) t.match(status, /^40[04]$/, body)
  t.notMatch(JSON.stringify(told), password)
  t.equal((await home.susan('set_password', { username: 'susan', new_password: password })).status, 200)
  await home.letters(2)
  // When the house is closed, it checks that nothing contains the password.
})

t.test('the password of a mail session is blanked, too', async t => {
  const home = await house(t)
  const { address, password } = FRED
  const mail = { from: address, to: SUPPORT, login: FRED }
  await home.mail({ ...mail, subject: 'plain', text: `It is ${password}.` })
  await home.mail({ ...mail, subject: `I am ${password}`, text: 'x' })
  await home.mail({ ...mail, subject: 'encoded', text: `é. It is ${password}. ${'é'.repeat(100)}` })
  await home.mail({ ...mail, subject: `é ${password}`, text: `é\n`.repeat(10) + password })
  await home.mail({ ...mail, subject: 'large', text: `It is ${password}.\n`.repeat(20_000) })
  await home.mail({
    ...mail,
    subject: 'files',
    attachments: [{ filename: `${password}.txt`, content: 'x' }],
  })
  const encoded = (words: string) => Buffer.from(words).toString('base64')
  const hidden = (padding: string) =>
    encoded(`<p>x</p><p hidden>${password}</p><!--${padding}-->`).replace(/.{76}/g, '$&\r\n')
  const header = `From: =?utf-8?B?${encoded(`It is ${password}`)}?= <${address}>\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n`
  for (const padding of ['', 'x'.repeat(1_200_000)])
    await sendRaw(home.daemon.smtpPort, {
      raw: `${header}Subject: hidden ${padding.length}\r\n\r\n${hidden(padding)}\r\n`,
      from: address,
      to: SUPPORT,
      login: FRED,
    })
  const followups = await kept(home.config.state_dir, 'followups')
  t.match(
    followups.map(({ comment }) => comment.slice(0, 20)),
    [/^It is \*{14}/, 'x', /^é\. It is \[removed\]/, /^é/, /^It is \*{14}/, /^/, 'x', 'x'],
  )
  t.match(followups.slice(-2), [
    { author: { name: 'It is [removed]' }, original: undefined },
    { author: { name: 'It is [removed]' }, original: undefined },
  ])
  t.same(
    (await kept(home.config.state_dir, 'mails')).slice(-2).map(({ raw }) => raw),
    [null, null],
  )
  t.equal((await kept(home.config.state_dir, 'tickets')).length, 8)
})

t.test('a repeated header is refused if it may occur only once', async t => {
  const { daemon, log } = await house(t)
  const twice: Record<string, string[]> = {
    Host: ['Host: elsewhere.example'],
    'Content-Type': ['content-type: application/json'],
    Authorization: ['Authorization: Bearer x', 'authorization: Bearer y'],
    'Idempotency-Key': ['Idempotency-Key: a', 'Idempotency-Key: b'],
    'Content-Encoding': ['Content-Encoding: identity', 'Content-Encoding: identity'],
  }
  for (const [name, lines] of Object.entries(twice)) {
    const bytes = postBytes('/api/list_queues', LOGIN, [...lines, 'Connection: close'])
    const [reply] = repliesIn(await exchange(daemon.httpPort, bytes))
    t.match(reply, { status: 400, body: new RegExp(`^The header ${name} is sent twice; send it once`, 'i') })
    const id = reply!.headers['x-request-id']
    t.match(
      log.map(line => JSON.parse(line)).filter(({ request }) => request === id),
      [{ event: 'refused', door: 'http', code: 'invalid', peer: '127.0.0.1', sentence: reply!.body }],
    )
  }
  for (const line of ['Content-Length: 3', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked']) {
    const bytes = postBytes('/api/list_queues', LOGIN, [line, 'Connection: close'])
    t.match(repliesIn(await exchange(daemon.httpPort, bytes)), [{ status: 400 }], line)
  }
  for (const host of ['a b', 'a/b', 'a,b\tc', '[::1', 'susan@x', 'é']) {
    const [reply] = repliesIn(
      await exchange(daemon.httpPort, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    )
    t.match(reply, { status: 400 }, host)
  }
  for (const host of ['', 'x', 'x:8090', '[::1]:80', '127.0.0.1', 'xn--mnchen-3ya.example.', 'a_b:'])
    t.match(
      repliesIn(
        await exchange(
          daemon.httpPort,
          `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        ),
      ),
      [{ status: 200 }],
      host,
    )
})

t.test('every refusal of the door is in the log, with the id of its response', async t => {
  const { daemon, log } = await house(t)
  const close = 'Host: x\r\nConnection: close\r\n\r\n'
  const cases: [string, string, number][] = [
    ['bytes that are no HTTP', 'NONSENSE\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a long header', `GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n${close}`, 431],
    ['another verb', `PUT /api/help/ HTTP/1.1\r\n${close}`, 405],
    ['a tunnel', `CONNECT x:80 HTTP/1.1\r\n${close}`, 405],
    ['nothing there', `GET /nothing HTTP/1.1\r\n${close}`, 404],
    ['no login', postBytes('/api/help/', '', ['Connection: close']), 403],
    ['too large', 'POST /api/help/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n', 413],
    ['metrics from afar', `GET /metrics HTTP/1.1\r\nVia: x\r\n${close}`, 403],
    ['another type', postBytes('/api/help/', 'x', ['Connection: close']).replace(/x-www[^\r]*/, 'x'), 415],
  ]
  for (const [what, bytes, status] of cases) {
    const [reply] = repliesIn(await exchange(daemon.httpPort, bytes, { enough: /\r\n\r\n.+/ }))
    t.equal(reply?.status, status, what)
    const lines = log.map(line => JSON.parse(line)).filter(line => line.event === 'refused')
    t.match(
      lines.filter(({ request }) => request === reply?.headers['x-request-id']),
      [{ door: 'http', peer: '127.0.0.1', code: String, sentence: String }],
      what,
    )
  }
  const counted = await (await fetch(`http://127.0.0.1:${daemon.httpPort}/metrics`)).text()
  t.match(counted, /helpdeskd_calls_total\{method="\(unknown\)",door="http",code="too_large"\} [1-9]/)
  t.ok(methods.has('help'))
})

t.test('a peer cannot flood the log: further lines are only counted', async t => {
  const { daemon, log } = await house(t)
  for (let at = 0; at < 100; at++) {
    const socket = connect(daemon.httpPort, '127.0.0.1')
    socket.on('error', () => {}).write('NONSENSE\r\n\r\n')
    await new Promise(resolve => socket.resume().once('close', resolve))
  }
  t.equal(log.filter(line => line.includes('"refused"')).length, 60)
})
