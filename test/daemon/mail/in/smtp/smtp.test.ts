import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { startDaemon } from '../../../../../daemon/daemon.ts'
import { mayLogIn } from '../../../../../daemon/mail/in/smtp/smtp.ts'
import {
  configFor,
  directoryFor,
  FRED,
  HELPDESK,
  house,
  quietEvents,
  SUPPORT,
  SUSAN,
  startFor,
  until,
} from '../../../../house.ts'
import { freePort } from '../../../../program.ts'
import { runs } from '../../../../runs.ts'
import { needs } from '../../../../tools.ts'
import { certificateIn } from '../../certificate.ts'
import { kept } from '../../kept.ts'
import { handOver, plain, sendRaw, stuffed, wire } from '../../wire.ts'

const MAIL = 'From: Erin <erin@example.net>\r\nSubject: Hello\r\n\r\nText.\r\n'
const base64 = (text: string) => Buffer.from(text).toString('base64')

t.test('the envelope is checked', async t => {
  const built = await house(t, 'mail.aliases = ["help@customer.example"]')
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  t.match(await client.say('EHLO client.example'), /^250[- ]SIZE [0-9]+$/m)
  t.match(await client.say('RCPT TO:<helpdesk@helpdesk.example>'), /^503 /)
  for (const parameter of ['FOO=bar', 'SMTPUTF8', 'RET=FULL', 'ENVID=x']) {
    t.match(await client.say(`MAIL FROM:<erin@example.net> ${parameter}`), /^5[05][0-9] /, parameter)
  }
  t.match(
    await client.say('MAIL FROM:<erin@example.net> FOO=bar'),
    /^555 5\.5\.4 Unsupported parameter FOO; /,
  )
  t.match(await client.say('MAIL FROM:<erin@example.net> SIZE=99999999999'), /^552 /)
  t.match(await client.say('MAIL FROM:<erin@example.net> SIZE=100 BODY=8BITMIME AUTH=<>'), /^250 /)

  const ours = [
    HELPDESK,
    HELPDESK.toUpperCase(),
    SUPPORT,
    'postmaster',
    'PostMaster',
    'postmaster@helpdesk.example',
    'helpdesk+phone@helpdesk.example',
    'Support+a+b@helpdesk.example',
    'help@customer.example',
    'help+x@customer.example',
  ]
  for (const address of ours) t.match(await client.say(`RCPT TO:<${address}>`), /^250 /, address)
  const others = [
    'erin@example.net',
    'helpdesk@example.net',
    'nobody@helpdesk.example',
    'postmaster@example.net',
    'erin%example.net@helpdesk.example',
    'example.net!erin@helpdesk.example',
    '"helpdesk"@helpdesk.example',
    '"erin@example.net"@helpdesk.example',
    'helpdesk@[127.0.0.1]',
    'helpdesk+return.1.0123456789abcdef@helpdesk.example',
    'helpdesk@helpdesk.example.',
    'helpdes\u212a@helpdesk.example',
    '@helpdesk.example,@b.example:erin@example.net',
    '',
  ]
  const asking = await wire(built.daemon.smtpPort)
  t.teardown(() => asking.close())
  await asking.say('EHLO client.example')
  await asking.say('MAIL FROM:<erin@example.net>')
  for (const address of others)
    t.match(await asking.say(`RCPT TO:<${address}>`), /^5[0-9]{2} /, address || 'none')
  t.match(await client.say('RCPT TO:<erin@example.net>'), /^550 5\.1\.1 Unknown recipient address\./)
  t.match(await client.say(`RCPT TO:<${HELPDESK}> FOO=bar`), /^555 5\.5\.4 /)
})

t.test('an envelope sender is an address, also with an underscore in its domain, or null', async t => {
  const { daemon } = await house(t)
  const client = await wire(daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO client.example')
  const good = [
    '',
    'root@build_server.example',
    'ann@[192.0.2.1]',
    'ann@xn--bcher-kva.example',
    `${'a'.repeat(200)}@b.example`,
  ]
  for (const address of good) {
    t.match(await client.say(`MAIL FROM:<${address}>`), /^250 /, address)
    await client.say('RSET')
  }
  const asking = await wire(daemon.smtpPort)
  t.teardown(() => asking.close())
  await asking.say('EHLO client.example')
  const bad = [
    'ann',
    'ann@',
    '@b.example',
    '.ann@b.example',
    'ann.@b.example',
    'a..b@b.example',
    'ann@.b',
    'ann@b.',
    'ann@b..c',
    'ann@-b',
    'ann@b;c',
    'ann@[x y]',
    'a@b@c',
    `${'a'.repeat(245)}@b.example`,
  ]
  for (const address of bad) t.match(await asking.say(`MAIL FROM:<${address}>`), /^501 /, address)
})

t.test('AUTH is allowed within TLS and on loopback', async t => {
  for (const remoteAddress of ['127.0.0.1', '127.8.9.1', '::1']) {
    t.ok(mayLogIn({ secure: false, remoteAddress }), remoteAddress)
  }
  for (const remoteAddress of ['192.0.2.1', '10.0.0.1', '::2', 'fe80::1', '1270.0.0.1', '127.evil', '']) {
    t.notOk(mayLogIn({ secure: false, remoteAddress }), remoteAddress)
    t.ok(mayLogIn({ secure: true, remoteAddress }), `${remoteAddress} by TLS`)
  }
})

t.test('AUTH accepts valid logins only', async t => {
  const built = await house(t)
  const ahead = Array.from({ length: 13 }, () => wire(built.daemon.smtpPort))
  const say = async (...lines: string[]) => {
    const client = await (ahead.pop() ?? wire(built.daemon.smtpPort))
    t.match(await client.say('EHLO client.example'), /^250[- ]AUTH PLAIN LOGIN$/m)
    let reply = ''
    for (const line of lines) reply = await client.say(line)
    client.close()
    return reply
  }
  const { username, password } = SUSAN
  t.match(await say(`AUTH PLAIN ${plain(username, password)}`), /^235 /)
  t.match(await say('AUTH PLAIN', plain(username, password)), /^235 /)
  t.match(await say('AUTH LOGIN', base64(username), base64(password)), /^235 /)
  t.match(await say(`AUTH LOGIN ${base64(username)}`, base64(password)), /^235 /)
  t.match(await say(`AUTH PLAIN ${plain(username, password, username)}`), /^235 /, 'as the same user')
  t.match(
    await say(`AUTH PLAIN ${plain(username, password, FRED.username)}`),
    /^535 5\.7\.8 /,
    'as another user',
  )
  const wrong = await say(`AUTH PLAIN ${plain(username, 'no')}`)
  t.match(wrong, /^535 5\.7\.8 The username or the password is wrong\./)
  t.equal(await say(`AUTH PLAIN ${plain('nobody', password)}`), wrong, 'the same for an unknown user')
  t.equal(await say(`AUTH PLAIN ${plain(username, '')}`), wrong)
  t.match(await say(`AUTH PLAIN ${plain(username, 'x'.repeat(10_000))}`), /^5[0-9]{2} /)
  t.match(await say('AUTH CRAM-MD5'), /^5[0-9]{2} /)
  t.match(await say('STARTTLS'), /^5[0-9]{2} /, 'there is no certificate')
  await built.shell('change_user', 'username=fred', 'active=n')
  t.match(await say(`AUTH PLAIN ${plain(FRED.username, FRED.password)}`), /^535 /, 'AUTH is not offered')
  t.notOk(built.log.some(line => line.includes(password)))
})

t.test('STARTTLS with a certificate', { skip: needs('openssl') }, async t => {
  const directory = directoryFor(t)
  const { key, cert } = certificateIn(directory)
  const built = await house(t, `smtp.tls_cert = "${cert}"\nsmtp.tls_key = "${key}"`)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })

  const client = await wire(built.daemon.smtpPort)
  t.match(await client.say('EHLO client.example'), /STARTTLS/)
  t.match(await client.say('STARTTLS'), /^220 /)
  client.socket.removeAllListeners('data')
  const tls = tlsConnect({ socket: client.socket, ca: readFileSync(cert), servername: 'localhost' })
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject))
  t.ok(tls.authorized, 'it is our certificate')
  tls.destroy()

  const transport = createTransport({
    host: '127.0.0.1',
    port: built.daemon.smtpPort,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
    auth: { user: SUSAN.username, pass: SUSAN.password },
  })
  t.teardown(() => transport.close())
  await transport.sendMail({ from: SUSAN.address, to: HELPDESK, subject: 'hold 1' })
  t.match(await kept(built.config.state_dir, 'tickets'), [{ on_hold: true }])
})

t.test('an unreadable certificate is reported at the start', async t => {
  const config = configFor(directoryFor(t), 'smtp.tls_cert = "/nowhere.pem"\nsmtp.tls_key = "/nowhere.pem"')
  await t.rejects(startDaemon(config, quietEvents()), { code: 'invalid', message: /nowhere\.pem/ })
})

t.test('a mail that is too large is refused, and the next one is accepted', async t => {
  const built = await house(t, 'smtp.max_size = 100000')
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO client.example')
  t.match(
    await handOver(client, { raw: MAIL + 'x'.repeat(70).concat('\r\n').repeat(5000), to: SUPPORT }),
    /^552 5\.3\.4 This mail is too large; the limit is 100000 bytes\./,
  )
  t.match(await handOver(client, { raw: MAIL, to: SUPPORT }), /^250 /)
  t.match(await kept(built.config.state_dir, 'mails'), [{ verdict: 'ticket' }])
})

t.test('without a queue, mail for a new ticket is deferred', async t => {
  const config = configFor(directoryFor(t))
  const daemon = await startFor(t, config, quietEvents())
  t.teardown(() => daemon.stop())
  t.match(await sendRaw(daemon.smtpPort, { raw: MAIL }), /^451 4\.3\.0 There is no queue for this mail yet/)
  t.same(await kept(config.state_dir, 'mails'), [])
})

t.test('a client that disconnects in the middle changes nothing', async t => {
  const built = await house(t)
  const leaving = (['destroy', 'resetAndDestroy', 'end'] as const).flatMap(leave =>
    (['MAIL FROM:<a@b.example>', 'DATA', 'half'] as const).map(async so_far => {
      const client = await wire(built.daemon.smtpPort)
      await client.say('EHLO client.example')
      await client.say('MAIL FROM:<a@b.example>')
      if (so_far !== 'MAIL FROM:<a@b.example>') {
        await client.say(`RCPT TO:<${SUPPORT}>`)
        await client.say('DATA')
        if (so_far === 'half') client.write(stuffed(MAIL).subarray(0, 40))
      }
      client.socket[leave]()
      await new Promise(resolve => client.socket.once('close', resolve))
    }),
  )
  await Promise.all(leaving)
  t.match(await sendRaw(built.daemon.smtpPort, { raw: MAIL, to: SUPPORT }), /^250 /)
  t.equal((await kept(built.config.state_dir, 'mails')).length, 1)
  t.notOk(
    built.log.some(line => line.includes('"failed"')),
    'it is not logged as our error',
  )
})

t.test('only CRLF . CRLF ends a mail', async t => {
  const built = await house(t)
  const ends = ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r\n.\r', '\n.\r', '\r\n\0.\r\n']
  const clients = await Promise.all(ends.map(() => wire(built.daemon.smtpPort)))
  for (const [index, end] of ends.entries()) {
    const raw = `Subject: ${index}\r\nFrom: erin@example.net\r\n\r\nText.${end}MAIL FROM:<x@y.example>\r\nRCPT TO:<${SUPPORT}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`
    const client = clients[index]!
    for (const line of ['EHLO c', 'MAIL FROM:<a@b.example>', `RCPT TO:<${SUPPORT}>`, 'DATA'])
      await client.say(line)
    client.write(raw)
    t.match(await client.reply(), /^250 /)
    t.match(await client.say('NOOP'), /^250 /)
    client.close()
  }
  const subjects = (await kept(built.config.state_dir, 'mails')).map(({ subject }) => subject)
  t.same(
    subjects,
    ends.map((_, index) => String(index)),
  )
})

t.test('after any bytes as command lines the door still works', async t => {
  const built = await house(t)
  const verb = fc.constantFrom(
    'EHLO',
    'HELO',
    'MAIL FROM:',
    'RCPT TO:',
    'DATA',
    'RSET',
    'AUTH',
    'AUTH PLAIN',
    'VRFY',
    'STARTTLS',
    'NOOP',
    'XCLIENT',
    'BDAT 5',
    'HELP',
    'GET / HTTP/1.1',
    '',
  )
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array).toString('latin1')),
    fc.constantFrom(
      '<a@b.example>',
      `<${SUPPORT}>`,
      '<>',
      '=',
      'SIZE=-1',
      'SIZE=1e3',
      '\0',
      'AA==',
      '<@a:b@c>',
      '<"a b"@c>',
      'x'.repeat(20_000),
    ),
  )
  const line = fc.tuple(verb, junk).map(([verb, junk]) => `${verb} ${junk}`)
  const lines = fc.array(line, { minLength: 1, maxLength: 8 })
  const isAnswered = async (lines: string[]) => {
    const client = await wire(built.daemon.smtpPort)
    client.write(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'))
    const reply = await client.reply()
    client.close()
    return /^[2345][0-9]{2}[ -]|^closed$/.test(reply)
  }
  // Ten connections at once, since each waits a tenth of a second for its greeting.
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { minLength: 1, maxLength: 10, size: 'max' }), async clients =>
      (await Promise.all(clients.map(isAnswered))).every(Boolean),
    ),
    runs(12),
  )
  t.match(await sendRaw(built.daemon.smtpPort, { raw: MAIL, to: SUPPORT }), /^250 /)
  t.notOk(
    built.log.some(line => line.includes('"failed"')),
    'nothing unexpected was thrown',
  )
})

t.test(
  'swaks puts a ticket on hold, and the answer reaches the smarthost',
  { skip: needs('swaks', 'smtp-sink') },
  async t => {
    const sinkPort = await freePort()
    const sinkDirectory = directoryFor(t)
    // As root it would switch to the user nobody, who cannot write to our directory.
    const user = process.getuid?.() === 0 ? ['-u', 'root'] : []
    const sink = spawn(
      'smtp-sink',
      [...user, '-d', join(sinkDirectory, 'mail.'), `127.0.0.1:${sinkPort}`, '10'],
      {
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
        stdio: 'ignore',
      },
    )
    t.teardown(() => sink.kill('SIGKILL'))
    const built = await house(t, `smarthost.url = "smtp://127.0.0.1:${sinkPort}"`)
    await built.susan('create_ticket', { queue: '1', title: 'The door' })
    const swaks = (...words: string[]) =>
      promisify(execFile)('swaks', [
        '--server',
        `127.0.0.1:${built.daemon.smtpPort}`,
        '--to',
        HELPDESK,
        '--from',
        SUSAN.address,
        '--header',
        'Subject: hold 1',
        ...words,
      ])

    t.match((await swaks()).stdout, /^<- {2}250 /m)
    t.match(
      (await kept(built.config.state_dir, 'tickets'))[0],
      { on_hold: false },
      'without a login the ticket is not put on hold',
    )
    t.match((await kept(built.config.state_dir, 'mails'))[0], {
      verdict: 'ticket',
      reasons: ['a command without proof'],
    })

    await swaks('--auth-user', SUSAN.username, '--auth-password', SUSAN.password)
    t.match((await kept(built.config.state_dir, 'tickets'))[0], { on_hold: true })
    const answer = await until('the answer', () =>
      readdirSync(sinkDirectory)
        .map(name => readFileSync(join(sinkDirectory, name), 'utf8'))
        .find(text => text.includes('Subject: Re: hold 1')),
    )
    t.match(answer, /^Ticket 1 is on hold\.\s*$/m)
  },
)
