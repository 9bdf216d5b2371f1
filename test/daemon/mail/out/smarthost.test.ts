import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { openSmarthost, type Result, type Smarthost } from '../../../../daemon/mail/out/smarthost.ts'
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

function opened(t: Test, url: string): Smarthost {
  const smarthost = openSmarthost(url, 'helpdesk.example')
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
  ['RCPT', '450 greylisted', 'deferred'],
  ['RCPT', '421 too many', 'down'],
  ['RCPT', '550 no such mailbox', 'failed'],
  ['RCPT', '550-no such\r\n550 mailbox', 'failed'],
  ['DATA', '451 later', 'deferred'],
  ['DATA', '502 what', 'deferred'],
  ['dot', '250 kept', 'sent'],
  ['dot', '421 closing', 'down'],
  ['dot', '452 full', 'deferred'],
  ['dot', '554 spam', 'failed'],
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
  t.teardown(() => sink.kill())
  const probe = openSmarthost(`smtp://127.0.0.1:${port}`, 'helpdesk.example')
  await until('smtp-sink', async () => (await probe.send(0, LETTER)).state === 'sent')
  probe.close()
  const { susan, log } = await house(t, `smarthost.url = "smtp://127.0.0.1:${port}"`)
  await susan('create_ticket', { queue: '1', title: 'No paper', submitter_email: 'erin@example.net' })
  await until('the letter', () => log.some(line => line.includes('"letter_sent"')))
  const mails = readdirSync(dump).map(name => readFileSync(join(dump, name), 'utf8'))
  t.equal(mails.filter(mail => /^Subject: \[support-1\] No paper$/m.test(mail)).length, 1)
})
