import { execFile, execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { readConfig } from '../../../daemon/config/config.ts'
import { startDaemon } from '../../../daemon/daemon.ts'
import { HTTP_WAITS } from '../../../daemon/http/server/timeouts.ts'
import { validUntil } from '../../../daemon/net/certificate.ts'
import { mendable } from '../../../daemon/system_errors.ts'
import { commandLines } from '../../command_lines.ts'
import {
  configFor,
  configText,
  directoryFor,
  eventsTo,
  HELPDESK,
  house,
  quietEvents,
  SUSAN,
  startFor,
  until,
} from '../../house.ts'
import { exchange, LOGIN } from '../../http_client.ts'
import { freePort, NORC, serve } from '../../program.ts'
import { needs } from '../../tools.ts'
import { handOver, plain, wire } from '../mail/wire.ts'

/** Runs a command line in a process that all tests share. */
const runHere = commandLines(t)

type Place = { socketPath: string } | { host: string; port: number }

/** Asks for the list of queues at an address. */
function queuesAt(place: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Connection: 'close' }
    const sent = request({ ...place, method: 'POST', path: '/api/list_queues', headers }, response =>
      resolve(text(response)),
    )
    sent.on('error', reject).end(LOGIN)
  })
}

/** The port in `[::1]:8090`. */
function portIn(listens: string | undefined): number {
  return Number(/:([0-9]+)$/.exec(listens ?? '')?.[1])
}

/** Options in the notation of the config. */
function toml(options: Record<string, string | readonly string[]>): string {
  return Object.entries(options)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('')
}

/** The sentence with which the start of such a daemon is refused. */
async function refusalOf(t: Test, options: Record<string, readonly string[]>): Promise<string> {
  const config = configFor(directoryFor(t), toml(options))
  try {
    await (await startDaemon(config, quietEvents())).stop()
  } catch (error) {
    return (mendable(error) as Error).message
  }
  return 'it started'
}

t.test('each door listens at all places in its list, and gives the same answers there', async t => {
  const directory = directoryFor(t)
  const [post, mail] = [join(directory, 'http.sock'), join(directory, 'smtp.sock')]
  const { daemon, log } = await house(
    t,
    toml({
      'http.listen': ['127.0.0.1:0', '[::1]:0', `unix:${post}`],
      'smtp.listen': [`unix:${mail}`, '[::1]:0', '127.0.0.1:0'],
    }),
  )
  const { http, smtp } = daemon.listens
  t.match(http, [/^127\.0\.0\.1:[1-9][0-9]+$/, /^\[::1\]:[1-9][0-9]+$/, `unix:${post}`])
  t.match(smtp, [`unix:${mail}`, /^\[::1\]:[1-9][0-9]+$/, /^127\.0\.0\.1:[1-9][0-9]+$/])
  t.equal(daemon.httpPort, portIn(http[0]))
  t.equal(daemon.smtpPort, portIn(smtp[1]), 'the port of the first TCP listener')
  t.equal(statSync(post).mode & 0o777, 0o660)
  t.equal(statSync(mail).mode & 0o777, 0o660)

  const queues = '[{"id":"1","title":"Support"}]'
  t.equal(await queuesAt({ host: '127.0.0.1', port: portIn(http[0]) }), queues)
  t.equal(await queuesAt({ host: '::1', port: portIn(http[1]) }), queues)
  t.equal(await queuesAt({ socketPath: post }), queues)
  const wrong = await exchange({ path: post }, 'POST /api/x HTTP/1.0\r\n\r\n')
  t.match(wrong, / 403 /)
  t.match(log.at(-2), '"event":"login_failed","door":"http","username":"(unknown)","peer":"unix"')

  for (const where of [{ path: mail }, { host: '::1', port: portIn(smtp[1]) }, portIn(smtp[2])]) {
    const client = await wire(where)
    t.match(await client.say('EHLO client.example'), /AUTH PLAIN/, 'this machine may log in')
    t.match(await client.say(`AUTH PLAIN ${plain(SUSAN.username, 'wrong')}`), /^535 /)
    t.match(await client.say(`AUTH PLAIN ${plain(SUSAN.username, SUSAN.password)}`), /^235 /)
    const raw = `From: ${SUSAN.address}\r\nTo: ${HELPDESK}\r\nSubject: queues\r\n\r\n`
    t.match(await handOver(client, { raw }), /^250 /)
    client.close()
  }
  const peers = log.flatMap(
    line => /"event":"login_failed","door":"mail".*"peer":(".*")/.exec(line)?.[1] ?? [],
  )
  t.same(peers, ['"unix"', '"::1"', '"127.0.0.1"'])

  await daemon.stop()
  t.notOk(existsSync(post), 'the socket is removed with the door')
  t.notOk(existsSync(mail))
})

t.test('a dead socket is replaced; a live one, and anything else, is left alone', async t => {
  const directory = directoryFor(t)
  const [dead, live, file, link] = ['dead', 'live', 'file', 'link'].map(name => join(directory, name)) as [
    string,
    string,
    string,
    string,
  ]
  // A server removes its path when it ends; the second path stays.
  const dying = createServer().listen(join(directory, 'first'))
  await new Promise(resolve => dying.once('listening', resolve))
  linkSync(join(directory, 'first'), dead)
  await new Promise(resolve => dying.close(resolve))
  t.ok(existsSync(dead))
  const { daemon } = await house(t, toml({ 'http.listen': [`unix:${dead}`] }))
  t.match(await queuesAt({ socketPath: dead }), 'Support')
  t.equal(daemon.httpPort, 0, 'a unix socket has no port')

  const other = createServer(socket => socket.on('error', () => {}).end('I live')).listen(live)
  t.teardown(() => other.close())
  await new Promise(resolve => other.once('listening', resolve))
  for (const door of ['http.listen', 'smtp.listen']) {
    t.equal(
      await refusalOf(t, { [door]: [`unix:${live}`] }),
      `${live}: another program listens there; stop it, or choose another address (listen: EADDRINUSE).`,
    )
  }
  t.equal(await exchange({ path: live }, ''), 'I live')

  writeFileSync(file, 'a text')
  symlinkSync(live, link)
  mkdirSync(join(directory, 'folder'))
  for (const path of [file, link, join(directory, 'folder')]) {
    t.equal(
      await refusalOf(t, { 'http.listen': [`unix:${path}`] }),
      `${path} exists and is not a socket; move it away, or choose another path.`,
    )
  }
  t.equal(readFileSync(file, 'utf8'), 'a text')
  t.match(
    await refusalOf(t, { 'smtp.listen': [`unix:${directory}/nowhere/x.sock`] }),
    `${directory}/nowhere: it does not exist and cannot be created`,
  )
})

t.test('if one listener cannot be opened, none stays open', async t => {
  const [port, directory] = [await freePort(), directoryFor(t)]
  const path = join(directory, 'x.sock')
  for (const door of ['http.listen', 'smtp.listen']) {
    const refusal = await refusalOf(t, { [door]: [`127.0.0.1:${port}`, `unix:${path}`, '192.0.2.1:1'] })
    t.match(refusal, /^192\.0\.2\.1:1: this machine does not have this address/)
    t.notOk(existsSync(path))
    const again = createServer()
    await new Promise<void>((resolve, reject) => again.listen(port, '127.0.0.1', resolve).on('error', reject))
    await new Promise(resolve => again.close(resolve))
  }
})

/** Makes a certificate for localhost with openssl; gives the two paths. */
function certificateIn(directory: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(directory, `${name}.cert.pem`), join(directory, `${name}.key.pem`)]
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'
  execFileSync('openssl', [...how.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert, key }
}

/** The fingerprint of the certificate at a port, or the error. */
function shownAt(
  port: number,
  options: { maxVersion?: 'TLSv1.1'; minVersion?: 'TLSv1'; ciphers?: string } = {},
) {
  return new Promise<string>(resolve => {
    const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    })
    socket.on('error', error => resolve(error.message))
  })
}

t.test(
  'with a certificate, TCP addresses speak HTTPS, and unix sockets plain HTTP',
  { skip: needs('openssl') },
  async t => {
    const directory = directoryFor(t)
    const { cert, key } = certificateIn(directory, 'http')
    const path = join(directory, 'http.sock')
    const { daemon, log } = await house(
      t,
      toml({
        'http.listen': ['127.0.0.1:0', `unix:${path}`],
        'http.tls_cert': cert,
        'http.tls_key': key,
      }),
    )
    const { httpPort } = daemon
    const answer = await new Promise<string>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: httpPort, servername: 'localhost', ca: readFileSync(cert) }
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      secureRequest({ ...options, method: 'POST', path: '/api/list_queues', headers }, response => {
        resolve(text(response))
      })
        .on('error', reject)
        .end(LOGIN)
    })
    t.match(answer, 'Support')
    t.match(await queuesAt({ socketPath: path }), 'Support')
    t.match(
      await shownAt(httpPort, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      /protocol version/,
      'TLS 1.1 is too old',
    )
    t.equal(
      await exchange(httpPort, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
      '',
      'nothing is sent in the clear',
    )
    t.match(await shownAt(httpPort), /^[0-9A-F:]{95}$/, 'and it still serves')
    const told = tlsFailures(log)
    t.same(
      told.map(({ sentence }) => sentence),
      ['TLS failed (ERR_SSL_UNSUPPORTED_PROTOCOL).', 'TLS failed (ERR_SSL_HTTP_REQUEST).'],
    )
    for (const line of told) t.match(line, { event: 'refused', door: 'http', peer: '127.0.0.1' })
    const from = { localAddress: '127.0.0.7' }
    const options = { host: '127.0.0.1', port: httpPort, rejectUnauthorized: false, ...from }
    const crowd = Array.from({ length: 120 }, () =>
      tlsConnect(options)
        .on('error', () => {})
        .resume(),
    )
    t.teardown(() => {
      for (const socket of crowd) socket.destroy()
    })
    await until('room', () => crowd.filter(socket => socket.closed).length === 20)
    for (const socket of crowd) socket.destroy()
    t.match(await shownAt(httpPort, { localAddress: '127.0.0.7' } as never), /^[0-9A-F:]{95}$/)
    t.notOk(log.some(line => line.includes('"level":"error"')))
  },
)

function tlsFailures(log: readonly string[]) {
  return log.map(line => JSON.parse(line)).filter(({ reason }) => reason === 'tls')
}

t.test('a client that does not begin TLS is disconnected', { skip: needs('openssl') }, async t => {
  t.equal(HTTP_WAITS.handshake, 10_000)
  const { cert, key } = certificateIn(directoryFor(t), 'http')
  const tls = toml({ 'http.tls_cert': cert, 'http.tls_key': key })
  const { daemon, log } = await house(t, tls, undefined, { handshake: 300 })
  t.equal(await exchange(daemon.httpPort, ''), '')
  const sentence = 'TLS failed (ERR_TLS_HANDSHAKE_TIMEOUT).'
  t.match(tlsFailures(log), [{ event: 'refused', door: 'http', peer: '127.0.0.1', sentence }])
})

t.test(
  'SIGHUP reads the certificates again; an invalid one is logged, and the old one stays',
  { skip: needs('openssl') },
  async t => {
    const directory = directoryFor(t)
    const [first, second] = [certificateIn(directory, 'first'), certificateIn(directory, 'second')]
    const use = (door: string, { cert, key }: { cert: string; key: string }) => {
      copyFileSync(cert, join(directory, `${door}.cert`))
      copyFileSync(key, join(directory, `${door}.key`))
    }
    const config = join(directory, 'c.toml')
    const paths = ['http', 'smtp'].map(door => {
      const [cert, key] = [join(directory, `${door}.cert`), join(directory, `${door}.key`)]
      return toml({ [`${door}.tls_cert`]: cert, [`${door}.tls_key`]: key })
    })
    writeFileSync(config, configText(directory, paths.join('')))
    use('http', first)
    t.match(await runHere(['--config', config, 'check-config']), {
      exit: 65,
      err: /The certificate of the mail door cannot be used .* check smtp\.tls_cert and smtp\.tls_key\./,
    })
    use('smtp', first)
    t.match(await runHere(['--config', config, 'check-config']), { exit: 0 })
    const { child, err, http, smtp } = await serve(t, config)
    const reload = async (event: RegExp) => {
      const before = err().length
      child.kill('SIGHUP')
      return until(String(event), () => event.exec(err().slice(before))?.[0])
    }
    const old = await shownAt(http)
    t.equal(await startTls(smtp), old)

    use('smtp', second)
    writeFileSync(join(directory, 'http.cert'), 'no certificate')
    const refused = await reload(
      /.*"event":"not_reloaded","door":"http".*\n.*"event":"reloaded","door":"mail".*/,
    )
    t.match(refused, 'check http.tls_cert and http.tls_key.')
    t.notMatch(refused, '"stack"')
    t.equal(await shownAt(http), old, 'the old one stays')
    const renewed = await startTls(smtp)
    t.not(renewed, old)

    use('http', second)
    writeFileSync(join(directory, 'smtp.cert'), readFileSync(first.cert))
    t.match(await reload(/.*"event":"not_reloaded","door":"mail".*/), 'key values mismatch')
    t.equal(await shownAt(http), renewed)
    t.equal(await startTls(smtp), renewed)
    const expires = validUntil({ cert: readFileSync(second.cert) })
    t.match(JSON.parse((await runHere(['--config', config, '--json', 'status'])).out), {
      certificates: [
        { door: 'mail', expires },
        { door: 'http', expires },
      ],
      warnings: [
        /^The certificate of the mail door expires in 1 day;/,
        /^The certificate of the http door expires in 1 day;/,
      ],
    })
  },
)

/** The fingerprint of the certificate after STARTTLS. */
async function startTls(port: number): Promise<string> {
  const client = await wire(port)
  await client.say('EHLO client.example')
  await client.say('STARTTLS')
  client.socket.removeAllListeners('data')
  const tls = tlsConnect({ socket: client.socket, rejectUnauthorized: false })
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject))
  const { fingerprint256 } = tls.getPeerCertificate()
  tls.destroy()
  return fingerprint256
}

t.test('the commands that init prints for unix sockets work', { skip: needs('curl', 'bash') }, async t => {
  const directory = directoryFor(t)
  const config = join(directory, 'c.toml')
  const sockets = {
    'http.listen': [`unix:${directory}/h s.sock`],
    'smtp.listen': [`unix:${directory}/m.sock`],
  }
  writeFileSync(config, configText(directory, toml(sockets)))
  const { out } = await runHere(['--config', config, 'init'])
  const log: string[] = []
  const daemon = await startFor(t, readConfig(config), eventsTo(log))
  t.teardown(() => daemon.stop())
  // A command that continues on the next line ends with a backslash or a pipe.
  const commands = out.replace(/([\\|])\n */g, (_, end) => (end === '|' ? '| ' : ''))
  const lines = commands.split('\n').filter(line => line.includes('curl'))
  t.equal(lines.length, 3)
  const said: string[] = []
  for (const line of lines) said.push((await promisify(execFile)('bash', [NORC, '-c', line])).stdout)
  t.same(said, ['1\n', 'Ticket 1 is on hold.\n', ''])
  t.match(log.join('\n'), /"event":"mail_received","verdict":"command".*"peer":"unix"/)
})
