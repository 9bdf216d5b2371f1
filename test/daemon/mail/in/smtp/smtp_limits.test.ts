// One thing: the limits of the mail door for a peer, at real sockets. They depend on internals of smtp-server; these tests show changes.
import { createServer, connect as tcp } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as tlsConnect } from 'node:tls'
import type { SMTPServerOptions } from 'smtp-server'
import t, { type Test } from 'tap'
import { KnownAddresses } from '../../../../../daemon/auth/known_addresses.ts'
import { optionsOf } from '../../../../../daemon/mail/in/smtp/service.ts'
import { SESSION_WAITS } from '../../../../../daemon/mail/in/smtp/session.ts'
import { GuardedServer, newGuard } from '../../../../../daemon/mail/in/smtp/smtp_server.ts'
import { certificateOf } from '../../../../../daemon/net/certificate.ts'
import {
  configFor,
  directoryFor,
  eventsTo,
  type House,
  house,
  quietEvents,
  SUPPORT,
  SUSAN,
  until,
} from '../../../../house.ts'
import { needs } from '../../../../tools.ts'
import { certificateIn } from '../../certificate.ts'
import { handOver, plain, sendRaw, type Wire, wire, wireOn } from '../../wire.ts'

const MAIL = 'From: Erin <erin@example.net>\r\nMessage-ID: <1@example.net>\r\nSubject: Hello\r\n\r\nText.\r\n'

/** Connects from another loopback address, which no other client uses. */
function wireFrom(port: number, localAddress: string): Promise<Wire> {
  return wire({ host: '127.0.0.1', port, localAddress })
}
function refusals({ log }: House): { reason: string; [fact: string]: unknown }[] {
  return log.filter(line => line.includes('"mail_refused"')).map(line => JSON.parse(line))
}
function refused(built: House, reason: string) {
  return until(`the refusal ${reason}`, () => refusals(built).find(told => told.reason === reason))
}
async function metric(built: House, reason: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${built.daemon.httpPort}/metrics`)).text()
  const [, value] =
    new RegExp(`^helpdeskd_mail_refused_total\\{reason="${reason}"\\} (.*)$`, 'm').exec(text) ?? []
  return Number(value)
}

t.test('an address has twenty connections, and others can still connect', async t => {
  const built = await house(t)
  const port = built.daemon.smtpPort
  const before = await metric(built, 'connection')
  const open = await Promise.all(Array.from({ length: 20 }, () => wireFrom(port, '127.0.0.2')))
  const more = tcp({ host: '127.0.0.1', port, localAddress: '127.0.0.2' })
  const [said] = await Promise.all([
    new Promise(resolve => more.once('data', data => resolve(String(data)))),
    new Promise(resolve => more.once('close', resolve)),
  ])
  t.equal(
    said,
    `421 4.7.0 ${built.config['smtp.hostname']} Too many connections from your address (20); close one or try again later.\r\n`,
  )
  t.match(refusals(built), [{ peer: '127.0.0.2', reason: 'connection' }])
  t.equal(await metric(built, 'connection'), before + 1)
  t.match(await sendRaw(port, { raw: MAIL, to: SUPPORT }), /^250 /, 'another address')
  open[0]!.close()
  await until('a free place', async () => {
    const again = await wireFrom(port, '127.0.0.2')
    const reply = await again.say('NOOP')
    again.close()
    return /^250 /.test(reply)
  })
  for (const one of open) one.close()
})

t.test('a relay has a hundred connections', async t => {
  const built = await house(t, 'smtp.relays = ["127.0.0.3"]')
  const open = await Promise.all(
    Array.from({ length: 100 }, () => wireFrom(built.daemon.smtpPort, '127.0.0.3')),
  )
  const replies = await Promise.all(open.map(one => one.say('NOOP')))
  t.equal(replies.filter(reply => reply.startsWith('250')).length, 100)
  const more = await wireFrom(built.daemon.smtpPort, '127.0.0.3')
  t.equal(await more.say('NOOP'), 'closed')
  for (const one of open) one.close()
})

t.test('a newcomer can connect when others have taken all places', async t => {
  const built = await house(t)
  const port = built.daemon.smtpPort
  const open = await Promise.all(
    Array.from({ length: 140 }, (_, at) => wireFrom(port, `127.0.1.${1 + Math.floor(at / 20)}`)),
  )
  const lost = Promise.race(open.map(one => one.reply()))
  t.match(await sendRaw(port, { raw: MAIL, to: SUPPORT }), /^250 /)
  t.match(await lost, /^421 4\.3\.2 Too many connections, most of them yours/)
  t.match(await refused(built, 'connection'), { peer: /^127\.0\.1\./, session: String })
  for (const one of open) one.close()
})

t.test('the session ends after twenty commands without effect', async t => {
  const built = await house(t)
  const useless = [
    ['NOOP', /^250 /],
    ['RSET', /^250 /],
    ['VRFY x', /^252 /],
    ['HELP', /^214 /],
    ['EHLO x', /^250/],
    ['MAIL FROM:<a@b.example> FOO=bar', /^555 5\.5\.4 /],
    ['RCPT TO:<nobody@helpdesk.example>', /^550 5\.1\.1 /],
  ] as const
  const clients = await Promise.all(useless.map(() => wire(built.daemon.smtpPort)))
  for (const [at, [command, reply]] of useless.entries()) {
    const client = clients[at]!
    for (const line of ['EHLO x', ...(command.startsWith('RCPT') ? ['MAIL FROM:<a@b.example>'] : [])])
      await client.say(line)
    for (let time = 1; time < 20; time++) t.match(await client.say(command), reply, command)
    t.match(await client.say('QUIT'), /^421 4\.7\.0 Too many commands without a mail/, command)
    t.equal(await client.say('NOOP'), 'closed')
  }
  t.match(await refused(built, 'too_many'), { peer: '127.0.0.1', session: /^[0-9a-v]{16}$/ })
  const client = await wire(built.daemon.smtpPort)
  for (let time = 1; time < 10; time++) t.match(await client.say('EXPN x'), /^500 /)
  t.match(await client.say('EXPN x'), /^421 /, 'smtp-server itself tolerates nine unknown commands')
  const jokes = ['WIZ x', 'SHELL', 'KILL'].map(async joke => {
    const client = await wire(built.daemon.smtpPort)
    t.match(await client.say(joke), /^500 Error: command not/)
    client.close()
  })
  await Promise.all(jokes)
})

t.test('a logged refusal names what was refused', async t => {
  const built = await house(t)
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO x')
  await client.say('MAIL FROM:<a@b.example> FOO=bar')
  await client.say('MAIL FROM:<a@b.example>')
  await client.say('RCPT TO:<nobody@helpdesk.example>')
  t.match(await refused(built, 'recipient'), {
    reply: /^550 5\.1\.1 /,
    envelope_from: 'a@b.example',
    recipients: ['nobody@helpdesk.example'],
  })
  t.match(await refused(built, 'sender'), { reply: /^555 /, envelope_from: 'a@b.example' })
})

t.test('a client that sends mail may send RSET between any two', async t => {
  const built = await house(t)
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO x')
  // One more than a session may have of commands without effect.
  for (let time = 0; time < 21; time++) {
    t.match(await client.say('RSET'), /^250 /)
    const raw = MAIL.replace('<1@', `<${time}@`)
    t.match(await handOver(client, { raw, to: SUPPORT }), /^250 /)
  }
})

t.test('the third failed login ends the session', async t => {
  const built = await house(t)
  const client = await wire(built.daemon.smtpPort)
  await client.say('EHLO x')
  for (let time = 1; time < 3; time++)
    t.match(await client.say(`AUTH PLAIN ${plain(SUSAN.username, 'canary-password')}`), /^535 5\.7\.8 /)
  t.match(await client.say(`AUTH PLAIN ${plain(SUSAN.username, 'canary-password')}`), /^421 4\.7\.0 /)
  t.equal(await client.say('NOOP'), 'closed')
  t.match(
    refusals(built).map(({ reason, reply }) => [reason, String(reply).slice(0, 3)]),
    [
      ['login', '535'],
      ['login', '535'],
      ['login', '421'],
    ],
  )
  t.notOk(
    built.log.some(
      line => line.includes('canary') || line.includes(plain(SUSAN.username, 'canary-password')),
    ),
  )
})

t.test('a mail has at most 100 recipients, and 50 more do not prevent it', async t => {
  const built = await house(t)
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO x')
  await client.say('MAIL FROM:<a@b.example>')
  await Promise.all(
    Array.from({ length: 100 }, (_, at) =>
      built.shell('add_queue', `title=q${at}`, `slug=q${at}`, `email_address=q${at}@helpdesk.example`),
    ),
  )
  for (let at = 0; at < 100; at++) t.match(await client.say(`RCPT TO:<q${at}@helpdesk.example>`), /^250 /)
  for (let at = 0; at < 50; at++)
    t.match(await client.say(`RCPT TO:<${SUPPORT}>`), /^452 4\.5\.3 Too many recipients \(at most 100\)/)
  t.match(await client.say('DATA'), /^354 /)
  client.write(`${MAIL}.\r\n`)
  t.match(await client.reply(), /^250 /)
  t.match(await refused(built, 'recipient'), { recipients: [SUPPORT] })
})

/** A mail door whose peers seem to connect from the address of `as.peer`, and the lines of its log. */
async function doorForPeers(t: Test, as: { peer: string }, guarded: { relay: string; known: string }) {
  const log: string[] = []
  const knownAddresses = new KnownAddresses()
  knownAddresses.add('fred', guarded.known)
  const guard = newGuard(address => address === guarded.relay, knownAddresses, eventsTo(log))
  const where = { host: '127.0.0.1', port: 0 }
  const server = new GuardedServer(
    { authOptional: true, disableReverseLookup: true, logger: false },
    where,
    guard,
  )
  const door = createServer(socket => {
    Object.defineProperty(socket, 'remoteAddress', { value: as.peer })
    server.connect(socket)
  })
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise(resolve => door.close(resolve)))
  return { port: (door.address() as { port: number }).port, log }
}

t.test('a stranger who talks before the greeting is refused; others are greeted at once', async t => {
  const as = { peer: '' }
  const { port, log } = await doorForPeers(t, as, { relay: '192.0.2.25', known: '192.0.2.9' })
  const early = async (peer: string) => {
    as.peer = peer
    const socket = tcp({ host: '127.0.0.1', port })
    socket.write('NOOP\r\nQUIT\r\n')
    const said = await text(socket)
    socket.destroy()
    return said
  }
  for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '192.0.2.25', '192.0.2.9'])
    t.match(await early(peer), /^220 .*\r\n250 OK\r\n221 Bye\r\n$/, peer)
  t.same(log, [])
  for (const peer of ['192.0.2.7', '2001:db8::7', 'nonsense']) {
    t.match(await early(peer), /^421 .*You talk too soon\r\n$/, peer)
    t.match(JSON.parse(log.at(-1)!), { event: 'mail_refused', reason: 'early' })
  }
  as.peer = '192.0.2.7'
  const patient = await wire(port)
  t.match(await patient.say('NOOP'), /^250 /)
  patient.close()
})

t.test('a peer at a unix socket is greeted at once', async t => {
  const path = join(directoryFor(t), 'smtp')
  await house(t, `smtp.listen = "unix:${path}"`)
  const socket = tcp({ path })
  socket.write('NOOP\r\nQUIT\r\n')
  t.match(await text(socket), /^220 .*\r\n250 OK\r\n221 Bye\r\n$/)
})

t.test('an interrupted mail and a refused one are logged with their known facts', async t => {
  const built = await house(t, 'smtp.max_size = 400000')
  const client = await wire(built.daemon.smtpPort)
  await client.say('EHLO x')
  await client.say('MAIL FROM:<hdt_abcdefghijklmnopqrstuvwxyz@b.example>')
  await client.say(`RCPT TO:<${SUPPORT}>`)
  await client.say('DATA')
  client.write(MAIL)
  client.socket.resetAndDestroy()
  t.match(await refused(built, 'broken_off'), {
    envelope_from: 'hdt_…@b.example',
    recipients: [SUPPORT],
    // Newer versions of Node tell of the reset first.
    reply: /421 4\.4\.2 Connection lost before the end of the mail|ECONNRESET/,
  })
  t.match(await sendRaw(built.daemon.smtpPort, { raw: MAIL + 'x\r\n'.repeat(200_000), to: SUPPORT }), /^552 /)
  t.match(await refused(built, 'data'), { envelope_from: SUSAN.address, message_id: '<1@example.net>' })
  const endless = await wire(built.daemon.smtpPort)
  await endless.say('EHLO x')
  t.match(
    await handOver(endless, { raw: MAIL + 'x'.repeat(70).concat('\r\n').repeat(50_000), to: SUPPORT }),
    /^552 5\.3\.4 /,
  )
  t.equal(await endless.say('NOOP'), 'closed', 'the connection is closed in the end')
})

t.test('the log connects a mail with its session and its records', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  await sendRaw(built.daemon.smtpPort, { raw: MAIL, to: SUPPORT })
  const command = 'From: susan@example.org\r\nMessage-ID: <2@example.org>\r\nSubject: hold 1\r\n\r\n'
  await sendRaw(built.daemon.smtpPort, { raw: command, login: SUSAN })
  const before = await metric(built, 'dropped')
  await sendRaw(built.daemon.smtpPort, { raw: command, login: SUSAN })
  t.equal(await metric(built, 'dropped'), before + 1)
  const told = built.log
    .map(line => JSON.parse(line))
    .filter(({ event }) => /^mail_(received|dropped)$/.test(event))
  t.match(told, [
    { session: /^[0-9a-v]{16}$/, mail: 1, tickets: [2], message_id: '<1@example.net>' },
    { session: /^[0-9a-v]{16}$/, mail: 2, tickets: [1], letter: Number, message_id: '<2@example.org>' },
    { event: 'mail_dropped', session: /^[0-9a-v]{16}$/, message_id: '<2@example.org>' },
  ])
})

t.test('a peer cannot fill the log with refusals', async t => {
  const built = await house(t)
  const before = await metric(built, 'recipient')
  for (const asking of await Promise.all(Array.from({ length: 5 }, () => wire(built.daemon.smtpPort)))) {
    await asking.say('EHLO x')
    await asking.say('MAIL FROM:<a@b.example>')
    for (let time = 0; time < 15; time++) await asking.say(`RCPT TO:<n${time}@helpdesk.example>`)
    asking.close()
  }
  t.equal(refusals(built).length, 60)
  t.equal(await metric(built, 'recipient'), before + 75, 'all refusals are counted')
  await built.daemon.stop()
  const more = built.log.filter(line => line.includes('"refused_more"'))
  t.match(
    more.map(line => JSON.parse(line)),
    [{ peer: '127.0.0.1', lines: 15 }],
  )
})

/** A mail door with some short timeouts; the others are long, so that a slow machine does not reach them. */
async function quickDoor(
  t: Test,
  waits: Partial<typeof SESSION_WAITS>,
  more = '',
  options: SMTPServerOptions = {},
) {
  const config = configFor(directoryFor(t), more)
  const guard = newGuard(() => false, new KnownAddresses(), quietEvents(), {
    ...SESSION_WAITS,
    look: 20,
    ...waits,
  })
  const tls = certificateOf(config, 'smtp')
  const server: GuardedServer = new GuardedServer(
    {
      ...tls,
      ...options,
      authOptional: true,
      logger: false,
      onSecure: (_, session, done) => {
        server.sessionOf(session).secured()
        done()
      },
      onData: (stream, of, done) => {
        const session = server.sessionOf(of)
        session.mailBegins()
        session.awaitsBytes()
        stream.on('error', () => {})
        stream.on('data', chunk => {
          session.bytesCame(chunk.length)
          session.awaitsBytes()
        })
        stream.on('end', () => {
          session.mailEnded()
          done()
        })
      },
    },
    { host: '127.0.0.1', port: 0 },
    guard,
  )
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const connection of server.connections) connection._socket.destroy()
    return new Promise<void>(resolve => server.close(resolve))
  })
  return (server.server.address() as { port: number }).port
}
/** Sends single bytes until there is a reply. */
async function dribbling(client: Wire, byte = 'x'): Promise<string> {
  const timer = setInterval(() => client.write(byte), 30)
  const reply = await client.reply()
  clearInterval(timer)
  return reply
}

t.test('single bytes do not extend a timeout', async t => {
  const hello = await wire(await quickDoor(t, { hello: 300 }))
  t.match(await dribbling(hello), /^421 4\.4\.2 Timeout waiting for EHLO\./)
  const port = await quickDoor(t, { command: 300 })
  const command = await wire(port)
  await command.say('EHLO x')
  t.match(await dribbling(command), /^421 4\.4\.2 Timeout waiting for a command\./)
  t.equal(await command.reply(), 'closed')

  const session = await wire(await quickDoor(t, { session: 400 }))
  await session.say('EHLO x')
  const timer = setInterval(() => session.write('NOOP\r\n'), 100)
  let reply = ''
  while (!/^421|^closed/.test(reply)) reply = await session.reply()
  clearInterval(timer)
  t.match(reply, /^421 4\.4\.2 The session took too long/)
})

t.test('a mail that arrives too slowly or takes too long is cut off', async t => {
  for (const [waits, sentence] of [
    [{ slowStart: 200 }, /^421 4\.4\.2 The mail arrives too slowly; send at least 500 bytes per second/],
    [{ data: 300 }, /^421 4\.4\.2 Timeout waiting for the end of the mail/],
  ] as const) {
    const client = await wire(await quickDoor(t, waits))
    for (const line of ['EHLO x', 'MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>']) await client.say(line)
    t.match(await client.say('DATA'), /^354 /)
    t.match(await dribbling(client), sentence)
  }
})

t.test('the connection ends if the TLS handshake takes too long', { skip: needs('openssl') }, async t => {
  const { cert, key } = certificateIn(directoryFor(t))
  const more = `smtp.tls_cert = "${cert}"\nsmtp.tls_key = "${key}"`
  const client = await wire(await quickDoor(t, { handshake: 300 }, more))
  await client.say('EHLO x')
  t.match(await client.say('STARTTLS'), /^220 /)
  const atOnce = wireOn(
    tcp(await quickDoor(t, { handshake: 300 }, more, optionsOf('submissions')), '127.0.0.1'),
  )
  for (const { socket } of [client, atOnce]) {
    const ended = new Promise(resolve => socket.once('close', resolve))
    const timer = setInterval(() => socket.write('\x16'), 50)
    await ended
    clearInterval(timer)
  }
})

t.test(
  'a failed TLS handshake is logged, and the timeouts apply within TLS, too',
  { skip: needs('openssl') },
  async t => {
    const { cert, key } = certificateIn(directoryFor(t))
    const built = await house(t, `smtp.tls_cert = "${cert}"\nsmtp.tls_key = "${key}"`)
    const port = built.daemon.smtpPort
    const begin = async (localAddress: string) => {
      const client = await wireFrom(port, localAddress)
      await client.say('EHLO x')
      t.match(await client.say('STARTTLS'), /^220 /)
      return client
    }
    const before = await metric(built, 'tls')
    const bad = await begin('127.0.0.5')
    bad.write('this is no handshake\r\n')
    t.match(await refused(built, 'tls'), { peer: '127.0.0.5' })
    const gone = await begin('127.0.0.6')
    gone.close()
    await until('the second', async () => (await metric(built, 'tls')) === before + 2 || undefined)

    const visit = async () => {
      const { socket } = await begin('127.0.0.7')
      socket.removeAllListeners('data')
      const tls = tlsConnect({ socket, rejectUnauthorized: false })
      await new Promise(resolve => tls.once('secureConnect', resolve))
      const say = (line: string) => {
        tls.write(`${line}\r\n`)
        return new Promise<string>(resolve => tls.once('data', data => resolve(String(data))))
      }
      t.match(await say('WIZ x'), /^500 /)
      t.match(await say('NOOP'), /^250 /)
      const left = new Promise(resolve => tls.once('close', resolve))
      tls.destroy()
      await left
    }
    // More in all than the places of an address, and fewer at once.
    for (let time = 0; time < 5; time++) await Promise.all(Array.from({ length: 5 }, visit))
    t.pass('places are freed after TLS, too')
  },
)

t.test('one address cannot take all the room for arriving mail', async t => {
  const built = await house(t)
  const port = built.daemon.smtpPort
  const rest = 'x'.repeat(76).concat('\r\n').repeat(4000)
  const flood = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => {
      const client = await wireFrom(port, '127.0.0.8')
      for (const line of ['EHLO x', 'MAIL FROM:<a@b.example>', `RCPT TO:<${SUPPORT}>`, 'DATA'])
        await client.say(line)
      client.write(`Subject: ${at}\r\nFrom: a@b.example\r\n\r\n${rest}`)
      return client
    }),
  )
  const small = await wireFrom(port, '127.0.0.8')
  await small.say('EHLO x')
  t.match(await handOver(small, { raw: MAIL, to: SUPPORT }), /^250 /, 'a small mail from the same address')
  const large = { raw: `${MAIL}${rest}`.replace('<1@', '<2@'), to: SUPPORT }
  const other = await wireFrom(port, '127.0.0.9')
  await other.say('EHLO x')
  t.match(await handOver(other, large), /^250 /, 'a large mail from another address')
  const said = await wireFrom(port, '127.0.0.8')
  await said.say('EHLO x')
  t.match(await said.say('MAIL FROM:<a@b.example> SIZE=300000'), /^451 4\.3\.0 Too many large mails/)
  t.match(await said.say('MAIL FROM:<a@b.example> SIZE=200000'), /^250 /)
  const replies = await Promise.all(
    flood.map(client => {
      client.write('.\r\n')
      return client.reply()
    }),
  )
  t.equal(replies.filter(reply => /^421 4\.3\.2 Too many large mails are arriving/.test(reply)).length, 4)
  t.equal(replies.filter(reply => reply.startsWith('250')).length, 8)
  for (const client of [...flood, small, other, said]) client.close()
})
