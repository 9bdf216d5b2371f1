import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { openSmarthost, type Result, type Smarthost } from '../../../../daemon/mail/out/smarthost.ts'
import { type Access, SMTP_WAITS } from '../../../../daemon/mail/out/smtp_delivery.ts'
import { KIB } from '../../../../data/sizes.ts'
import { endWith } from '../../../ended.ts'
import { directoryFor, house, until } from '../../../house.ts'
import { needs } from '../../../tools.ts'
import { type Script, smtpServer } from '../smtp_script.ts'

const LETTER = {
  envelope: { from: 'helpdesk@helpdesk.example', to: ['erin@example.net'] },
  from: 'helpdesk@helpdesk.example',
  to: [{ name: '', address: 'erin@example.net' }],
  subject: 'Hello',
  text: 'World',
}

function opened(t: Test, url: string, access: Partial<Access> = {}, waits = SMTP_WAITS): Smarthost {
  const smarthost = openSmarthost(url, 'helpdesk.example', access, waits)
  t.teardown(() => smarthost.close())
  return smarthost
}

const about: readonly [keyof Script, string, Result['state']][] = [
  ['greeting', '220 hello', 'sent'],
  ['greeting', '220-hello\r\n220 there', 'sent'],
  ['greeting', '421 later', 'down'],
  ['greeting', '554 go away', 'down'],
  ['greeting', 'HTTP/1.1 400 Bad Request', 'down'],
  ['EHLO', '421 later', 'down'],
  ['AUTH', '454 later', 'down'],
  ['AUTH', '535 wrong password', 'down'],
  ['MAIL', '421 later', 'down'],
  ['MAIL', '451 later', 'down'],
  ['MAIL', '530 log in first', 'down'],
  ['MAIL', '550 not you', 'down'],
  ['RCPT', '450 mailbox busy', 'deferred'],
  ['RCPT', '450 greylisted', 'refused'],
  ['RCPT', '554 5.7.1 <erin@example.net>: Relay access denied', 'refused'],
  ['RCPT', '550 5.7.1 <erin@example.net>: Access denied', 'doubted'],
  ['RCPT', '550-5.7.26 no DMARC\r\n550 5.7.26 no', 'refused'],
  ['RCPT', '552 5.2.2 mailbox full', 'failed'],
  ['RCPT', '421 too many', 'down'],
  ['RCPT', '550 no such mailbox', 'failed'],
  ['RCPT', '550-no such\r\n550 mailbox', 'failed'],
  ['DATA', '451 later', 'deferred'],
  ['DATA', '502 what', 'deferred'],
  ['dot', '250 kept', 'sent'],
  ['dot', '421 closing', 'down'],
  ['dot', '452 full', 'deferred'],
  ['dot', '554 spam', 'doubted'],
  ['dot', '554 no', 'doubted'],
  ['dot', '552 5.3.4 too large', 'failed'],
  ['dot', '550 5.1.1 no such user', 'failed'],
  ['dot', '432 4.3.2 Concurrent connections limit exceeded', 'refused'],
  ['dot', '554 5.2.252 SendAsDenied', 'refused'],
  ['dot', '550 5.7.30 Basic authentication is not supported', 'refused'],
  ['dot', '550 5.7.515 Access denied', 'refused'],
  ...(['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'dot'] as const).map(
    stage => [stage, 'drop', 'down'] as const satisfies [keyof Script, string, Result['state']],
  ),
]

for (const [stage, reply, state] of about) {
  t.test(`${stage}: ${reply.replaceAll('\r\n', ' / ')} is ${state}`, async t => {
    const { port, mails } = await smtpServer(t, { [stage]: reply })
    const result = await opened(t, `smtp://susan:secret@127.0.0.1:${port}`).send(1, LETTER)
    t.equal(result.state, state, result.reply)
    t.match(result.reply, /^[^\p{Cc}]+$/u, 'the reply is one line')
    t.ok(mails.length <= 1, 'it is handed over at most once')
  })
}

t.test('it is down if the connection is refused', async t => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const result = await opened(t, `smtp://127.0.0.1:${port}`).send(1, LETTER)
  t.match(result, { state: 'down', reply: /ECONNREFUSED/ })
})

t.test('no letter is lost if a kept connection was closed meanwhile', async t => {
  const script: Script = {}
  const { port, mails } = await smtpServer(t, script)
  const smarthost = opened(t, `smtp://127.0.0.1:${port}`)
  t.match(await smarthost.send(1, LETTER), { state: 'sent' })
  script.MAIL = 'drop'
  t.match(await smarthost.send(2, LETTER), { state: 'down' })
  delete script.MAIL
  t.match(await smarthost.send(2, LETTER), { state: 'sent' })
  t.equal(mails.length, 2)
})

t.test('a letter of many parts is one write, a large one arrives whole', async t => {
  const { port, mails, pieces } = await smtpServer(t, {})
  const { send } = opened(t, `smtp://127.0.0.1:${port}`)
  const html = '<p>World</p>\n'.repeat(9)
  const small = { filename: 'a.txt', content: 'a' }
  t.match(await send(1, { ...LETTER, text: 'No\n.paper\n', html, attachments: [small, small] }), {
    state: 'sent',
  })
  t.ok(pieces.length <= 2, `the letter, then perhaps its dot, and not ${pieces.length} pieces`)
  t.match(mails[0], '\r\nNo\r\n..paper\r\n')
  t.notMatch(mails[0], /[^\r]\n/)
  const large = randomBytes(200 * KIB)
  const sent = await send(2, {
    ...LETTER,
    attachments: [{ filename: 'large', content: Readable.from([large]) }],
  })
  t.equal(sent.state, 'sent')
  const [, arrived = ''] = /filename=large\r\n\r\n([\s\S]*?)\r\n--/.exec(mails[1]!) ?? []
  t.ok(Buffer.from(arrived, 'base64').equals(large))
})

t.test('the name and password of the URL may be percent-encoded', async t => {
  const { port, commands } = await smtpServer(t, {})
  await opened(t, `smtp://susan%40example.org:a%2Fb%3A%40c@127.0.0.1:${port}`).send(1, LETTER)
  const [, plain = ''] = /^AUTH PLAIN (.*)$/.exec(commands.find(line => line.startsWith('AUTH')) ?? '') ?? []
  t.equal(Buffer.from(plain, 'base64').toString(), '\0susan@example.org\0a/b:@c')
})

t.test('on this machine a self-signed certificate is accepted', { skip: needs('openssl') }, async t => {
  const directory = directoryFor(t)
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=other.example', '-days', '1', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' })
  for (const secure of [false, true]) {
    let encrypted: boolean | undefined
    const server = new SMTPServer({
      secure,
      key: readFileSync(key),
      cert: readFileSync(cert),
      disabledCommands: ['AUTH'],
      onData: (stream, session, done) => {
        encrypted = session.secure
        stream.resume().on('end', done)
      },
    })
    server.on('error', () => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const { port } = server.server.address() as AddressInfo
    const url = `${secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`
    t.match(await opened(t, url).send(1, LETTER), { state: 'sent' }, url)
    t.equal(encrypted, true)
  }
})

t.test('on this machine a smarthost with broken TLS gets its letters without TLS', async t => {
  const script = { EHLO: '250-test\r\n250 STARTTLS', STARTTLS: '454 TLS is not available' }
  const { port, commands } = await smtpServer(t, script)
  t.match(await opened(t, `smtp://127.0.0.1:${port}`).send(1, LETTER), { state: 'sent' })
  t.ok(commands.includes('STARTTLS'))
})

t.test('a directory that cannot be written to counts as down', async t => {
  const directory = directoryFor(t)
  writeFileSync(join(directory, 'file'), '')
  t.match(await opened(t, `file:${directory}/file/sent`).send(1, LETTER), { state: 'down' })
  t.match(await opened(t, `file:${directory}/sent`).send(1, LETTER), { state: 'sent' })
  t.strictSame(readdirSync(join(directory, 'sent')), ['1.eml'])
})

t.test('letters arrive at smtp-sink', { skip: needs('smtp-sink') }, async t => {
  const directory = directoryFor(t)
  const dump = join(directory, 'dump')
  mkdirSync(dump)
  for (const path of [directory, dump]) chmodSync(path, 0o777)
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const sink = spawn('smtp-sink', [...asNobody, '-d', `${dump}/%M.`, `127.0.0.1:${port}`, '10'], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  })
  endWith(t, sink)
  const probe = openSmarthost(`smtp://127.0.0.1:${port}`, 'helpdesk.example')
  await until('smtp-sink', async () => (await probe.send(0, LETTER)).state === 'sent')
  probe.close()
  const { susan, log } = await house(t, `smarthost.url = "smtp://127.0.0.1:${port}"`)
  await susan('create_ticket', { queue: '1', title: 'No paper', submitter_email: 'erin@example.net' })
  await until('the letter', () => log.some(line => line.includes('"letter_sent"')))
  const mails = readdirSync(dump).map(name => readFileSync(join(dump, name), 'utf8'))
  t.equal(mails.filter(mail => /^Subject: \[support-1\] No paper$/m.test(mail)).length, 1)
})

t.test('a slow smarthost is down after each limit of time', async t => {
  const short = { ...SMTP_WAITS, greeting: 50, silence: 50, whole: 400 }
  for (const stage of ['greeting', 'EHLO', 'RCPT', 'dot'] as const) {
    const { port, mails } = await smtpServer(t, { [stage]: 'hang' })
    const result = await opened(t, `smtp://127.0.0.1:${port}`, {}, short).send(1, LETTER)
    t.match(result, { state: 'down' }, stage)
    t.ok(mails.length <= 1)
  }
  const script: Script = { dot: 'drip' }
  const { port } = await smtpServer(t, script)
  const smarthost = opened(t, `smtp://127.0.0.1:${port}`, {}, { ...short, silence: 10_000 })
  t.match(await smarthost.send(1, LETTER), { state: 'down', reply: /did not take a letter in 0.4 seconds/ })
  delete script.dot
  t.match(await smarthost.send(1, LETTER), { state: 'sent' }, 'the next one has a new connection')
})

t.test(
  'a required TLS is never left out, and a password from a file goes before that of the URL',
  async t => {
    const { port, mails, commands } = await smtpServer(t, { STARTTLS: '454 no TLS' })
    const tls = await opened(t, `smtp://127.0.0.1:${port}`, { require_tls: true }).send(1, LETTER)
    t.match(tls, { state: 'down' })
    t.equal(mails.length, 0)
    await opened(t, `smtp://susan:old@127.0.0.1:${port}`, { password: 'new one' }).send(1, LETTER)
    const [, plain = ''] =
      /^AUTH PLAIN (.*)$/.exec(commands.find(line => line.startsWith('AUTH')) ?? '') ?? []
    t.equal(Buffer.from(plain, 'base64').toString(), '\0susan\0new one')
  },
)
