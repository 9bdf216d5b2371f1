import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import t, { type Test } from 'tap'
import { parseConfig } from '../../../../../daemon/config/config.ts'
import { directoryFor, FRED, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { adapted, dotted, recipe } from '../../../../systemd/recipe.ts'
import { needs } from '../../../../tools.ts'
import { certificateIn } from '../../certificate.ts'
import { kept } from '../../kept.ts'
import { handOver, plain, secured, type Wire, wire, wireOn } from '../../wire.ts'

const LOGIN = `AUTH PLAIN ${plain(SUSAN.username, SUSAN.password)}`
const HELLO = 'EHLO client.example'

/** A house with both kinds of submission, as systemd/README.md shows them. */
async function submissionHouse(t: Test) {
  const { key, cert } = certificateIn(directoryFor(t))
  const [toml = ''] = recipe('Mail programs of agents')
  const options = adapted(dotted(toml), {
    '/etc/helpdeskd/cert.pem': cert,
    '/etc/helpdeskd/key.pem': key,
    '[::]:587': '127.0.0.1:0',
    '[::]:465': '127.0.0.1:0',
  })
  const built = await house(t, options)
  return { built, submission: portOf(built, 'submission'), submissions: portOf(built, 'submissions') }
}

function portOf({ daemon }: House, service: 'submission' | 'submissions'): number {
  return Number(daemon.listens[service][0]?.split(':').at(-1))
}

/** What a reply to EHLO offers. */
function extensionsIn(reply: string): string[] {
  return reply
    .split('\r\n')
    .slice(1)
    .map(line => line.slice(4))
}

/** Connects with TLS from the first byte; waits for the greeting. */
async function tlsWire(port: number): Promise<Wire> {
  const client = wireOn(tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false }))
  await client.reply()
  return client
}

t.test('a user submits mail after TLS and a login, and nobody else', { skip: needs('openssl') }, async t => {
  const { built, submission, submissions } = await submissionHouse(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })

  const client = await wire(submission)
  const offered = await client.say(HELLO)
  t.same(extensionsIn(offered), ['PIPELINING', '8BITMIME', 'STARTTLS', 'SIZE 26214400'])
  t.match(await client.say(LOGIN), /^500 /, 'no password in plain, also not on loopback')
  t.equal(
    await client.say('MAIL FROM:<erin@example.net>'),
    '530 5.7.0 Issue STARTTLS, then log in with AUTH.',
  )
  client.write(`STARTTLS\r\n${HELLO}\r\nMAIL FROM:<eve@evil.example>\r\nNOOP\r\n`)
  t.match(await client.reply(), /^220 /)
  const safe = await secured(client)
  t.match(await safe.say('MAIL FROM:<erin@example.net>'), /^503 /, 'what came before TLS is forgotten')
  const afterTls = await safe.say(HELLO)
  t.same(extensionsIn(afterTls), ['PIPELINING', '8BITMIME', 'AUTH PLAIN LOGIN', 'SIZE 26214400'])
  t.match(await safe.say('STARTTLS'), /^503 /)
  t.equal(await safe.say('MAIL FROM:<erin@example.net>'), '530 5.7.0 Log in with AUTH first.')
  t.match(await safe.say('RCPT TO:<helpdesk@helpdesk.example>'), /^503 /)
  t.match(await safe.say('DATA'), /^503 /)

  const atOnce = await tlsWire(submissions)
  t.notMatch(await atOnce.say(HELLO), /STARTTLS/)
  t.equal(await atOnce.say('MAIL FROM:<erin@example.net>'), '530 5.7.0 Log in with AUTH first.')
  t.same(await kept(built.config.state_dir, 'mails'), [])

  for (const [at, one] of [safe, atOnce].entries()) {
    t.match(await one.say(LOGIN), /^235 /)
    const verb = at === 0 ? 'hold' : 'unhold'
    const raw = `From: ${SUSAN.address}\r\nTo: ${HELPDESK}\r\nSubject: ${verb} 1\r\n\r\n`
    t.match(await handOver(one, { raw }), /^250 /)
    t.match(await kept(built.config.state_dir, 'tickets'), [{ on_hold: at === 0 }])
  }
  t.match(await atOnce.say(`MAIL FROM:<${SUSAN.address}>`), /^250 /)
  t.match(await atOnce.say('RCPT TO:<erin@example.net>'), /^550 /, 'it does not relay')
  await atOnce.say('RSET')
  const raw = `From: ${FRED.address}\r\nTo: ${HELPDESK}\r\nSubject: hold 1\r\n\r\n`
  t.match(await handOver(atOnce, { raw }), /^250 /)
  t.match(
    (await kept(built.config.state_dir, 'mails')).at(-1),
    { login: 1, proven: false },
    'the login of another user proves nothing',
  )
  t.match(await kept(built.config.state_dir, 'tickets'), [{ on_hold: false }])
  for (const one of [client, safe, atOnce]) one.close()
})

t.test('real mail programs submit', { skip: needs('openssl', 'curl') }, async t => {
  const { built, submission, submissions } = await submissionHouse(t)
  const auth = { user: SUSAN.username, pass: SUSAN.password }
  const tls = { rejectUnauthorized: false }
  for (const options of [
    { port: submission, requireTLS: true },
    { port: submissions, secure: true },
  ]) {
    const transport = createTransport({ host: '127.0.0.1', auth, tls, ...options })
    await transport.sendMail({
      from: SUSAN.address,
      to: SUPPORT,
      subject: `By ${options.port}`,
      text: 'Text.',
    })
    transport.close()
  }
  const file = join(built.directory, 'mail.eml')
  writeFileSync(file, `From: ${SUSAN.address}\r\nTo: ${SUPPORT}\r\nSubject: By curl\r\n\r\nText.\r\n`)
  const curl = (url: string, ...more: string[]) =>
    promisify(execFile)('curl', [
      ...['--silent', '--insecure', '--url', url, '--user', `${SUSAN.username}:${SUSAN.password}`],
      ...['--mail-from', SUSAN.address, '--mail-rcpt', SUPPORT, '--upload-file', file, ...more],
    ])
  await curl(`smtp://127.0.0.1:${submission}/client.example`, '--ssl-reqd')
  await curl(`smtps://127.0.0.1:${submissions}/client.example`)
  await t.rejects(curl(`smtp://127.0.0.1:${submission}/client.example`), 'without TLS there is no login')
  t.match(
    (await kept(built.config.state_dir, 'tickets')).map(({ title }) => title),
    [`By ${submission}`, `By ${submissions}`, 'By curl', 'By curl'],
  )
})

t.test(
  'handshakes count as sessions, and a crowd there leaves port 25 open',
  { skip: needs('openssl') },
  async t => {
    const { built, submission, submissions } = await submissionHouse(t)
    const silent = Array.from({ length: 10 }, () => connect(submissions, '127.0.0.1'))
    t.teardown(() => {
      for (const socket of silent) socket.destroy()
    })
    await Promise.all(silent.map(socket => new Promise(resolve => socket.once('connect', resolve))))
    for (const port of [submissions, submission]) {
      const eleventh = wireOn(connect(port, '127.0.0.1'))
      t.match(await eleventh.reply(), /^421 4\.7\.0 .* Too many connections from your address \(10\)/)
      eleventh.close()
    }
    const other = await wire(built.daemon.smtpPort)
    t.match(await other.say(HELLO), /^250/)
    other.close()
  },
)

t.test('submission needs a certificate', async t => {
  for (const key of ['submission', 'submissions'])
    t.throws(() => parseConfig(`[smtp]\n\n${key} = "[::]:587"\n`, 'x.toml'), {
      message: `x.toml, line 3: smtp.${key} needs smtp.tls_cert and smtp.tls_key, since nobody logs in there without TLS.`,
    })
})
