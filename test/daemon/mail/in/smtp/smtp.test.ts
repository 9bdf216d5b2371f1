import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { startDaemon } from '../../../../../daemon/daemon.ts'
import { mayLogIn } from '../../../../../daemon/mail/in/smtp/service.ts'
import { endWith } from '../../../../ended.ts'
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
import { needs } from '../../../../tools.ts'
import { certificateIn } from '../../certificate.ts'
import { kept } from '../../kept.ts'
import { handOver, plain, secured, sendRaw, stuffed, wire } from '../../wire.ts'

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

t.test(
  'an envelope sender is null, or an address with any local part, also without angle brackets',
  async t => {
    const { daemon, config } = await house(t)
    const client = await wire(daemon.smtpPort)
    t.teardown(() => client.close())
    await client.say('EHLO client.example')
    const good = [
      '',
      'root@build_server.example',
      'ann@[192.0.2.1]',
      'ann@xn--bcher-kva.example',
      `${'a'.repeat(200)}@b.example`,
      'ilo.@b.example',
      '.ann@b.example',
      'a..b@b.example',
    ]
    const paths = [
      ...good.map(address => `<${address}>`),
      'joe@b.example',
      ' <joe@b.example>',
      ' \t joe@b.example SIZE=100',
      '"joe"@[192.0.2.1]',
    ]
    for (const path of paths) {
      t.match(await client.say(`MAIL FROM:${path}`), /^250 /, path)
      t.match(await client.say('RSET'), /^250 /)
      // Otherwise the session has used up its commands.
      if (path.startsWith('"') || path === '<.ann@b.example>')
        t.match(await handOver(client, { raw: MAIL.replace('Hello', path), to: SUPPORT }), /^250 /)
    }
    const asking = await wire(daemon.smtpPort)
    t.teardown(() => asking.close())
    await asking.say('EHLO client.example')
    const bad = [
      'ann',
      'ann@',
      '@b.example',
      'ann\x07@b.example',
      'ann@.b',
      'ann@b.',
      'ann@b..c',
      'ann@-b',
      'ann@b;c',
      'ann@[x y]',
      'a@b@c',
      `${'a'.repeat(245)}@b.example`,
    ]
    const refused = /^501 5\.1\.7 The sender is not a mail address; give one like <susan@example\.org>\.$/
    for (const address of bad) t.match(await asking.say(`MAIL FROM:<${address}>`), refused, address)
    const asked = await wire(daemon.smtpPort)
    t.teardown(() => asked.close())
    await asked.say('EHLO client.example')
    for (const path of ['ann', '', ' SIZE=100', '<ann@b.example', 'ann@b.example>', 'a<b@c.example>', '<>x'])
      t.match(await asked.say(`MAIL FROM:${path}`), refused, path)
    await asked.say('MAIL FROM:ilo.@b.example')
    for (const path of [SUPPORT, ` <${SUPPORT}>`, 'Postmaster'])
      t.match(await asked.say(`RCPT TO:${path}`), /^250 /, path)
    t.match(await asked.say('RCPT TO:joe'), /^501 5\.1\.3 The recipient is not a mail address; /)
    t.match(await asked.say('RCPT TO:joe@b.example'), /^550 5\.1\.1 Unknown recipient address\.$/)
    t.match(await asked.say('DATA'), /^354 /)
    asked.write(stuffed(MAIL))
    t.match(await asked.reply(), /^250 /)
    const mails = await kept(config.state_dir, 'mails')
    t.equal(mails.at(-1)!.envelope_from, 'ilo.@b.example')
  },
)

t.test('AUTH is allowed within TLS and on loopback, for submission only within TLS', async t => {
  const where = { host: '::', port: 25 }
  for (const remoteAddress of ['127.0.0.1', '127.8.9.1', '::1']) {
    t.ok(mayLogIn('smtp', where, { secure: false, remoteAddress }), remoteAddress)
    t.notOk(mayLogIn('submission', where, { secure: false, remoteAddress }), remoteAddress)
  }
  for (const remoteAddress of ['192.0.2.1', '10.0.0.1', '::2', 'fe80::1', '1270.0.0.1', '127.evil', '']) {
    t.notOk(mayLogIn('smtp', where, { secure: false, remoteAddress }), remoteAddress)
    t.ok(mayLogIn('smtp', where, { secure: true, remoteAddress }), `${remoteAddress} by TLS`)
    t.ok(mayLogIn('submission', where, { secure: true, remoteAddress }), `${remoteAddress} by TLS`)
  }
})

t.test('AUTH accepts valid logins only', async t => {
  const built = await house(t)
  const say = async (...lines: string[]) => {
    const client = await wire(built.daemon.smtpPort)
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

t.test('replies to commands that come together go together', { skip: needs('openssl') }, async t => {
  const { key, cert } = certificateIn(directoryFor(t))
  const built = await house(t, `smtp.tls_cert = "${cert}"\nsmtp.tls_key = "${key}"`)
  const client = await wire(built.daemon.smtpPort)
  client.write('EHLO client.example\r\nSTARTTLS\r\n')
  t.match([await client.reply(), await client.reply()], [/^250 /m, /^220 /], 'before TLS begins')
  // By TLS, each write arrives on its own.
  const { socket, say, write, reply, close } = await secured(client)
  t.teardown(close)
  await say('EHLO client.example')
  let pieces = 0
  socket.on('data', () => pieces++)
  write(`MAIL FROM:<erin@example.net>\r\nRCPT TO:<${HELPDESK}>\r\nDATA\r\n`)
  t.match([await reply(), await reply(), await reply()], [/^250 /, /^250 /, /^354 /])
  t.equal(pieces, 1)
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
    endWith(t, sink)
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
      verdict: 'unconfirmed',
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
