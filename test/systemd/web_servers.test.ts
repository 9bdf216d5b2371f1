import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { certificateIn } from '../daemon/mail/certificate.ts'
import { directoryFor, type House, house, SUSAN, until } from '../house.ts'
import { freePort } from '../program.ts'
import { needs, pathOf } from '../tools.ts'
import { adapted, dotted, recipe } from './recipe.ts'

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** Runs a server until the test ends. */
function running(t: Test, program: string, args: readonly string[]): ChildProcess {
  const child = spawn(pathOf(program)!, args, { stdio: 'ignore' })
  t.teardown(() => {
    child.kill()
    return new Promise(resolve => child.once('exit', resolve))
  })
  return child
}

/** A POST or GET over HTTPS from another loopback address, whatever the certificate is. */
function asked(
  port: number,
  method: string,
  path: string,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const body = method === 'POST' ? new URLSearchParams(fields).toString() : ''
  const headers = {
    Host: 'helpdesk.example.org',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': body.length,
    'X-Forwarded-For': '203.0.113.9',
  }
  const options = { host: '127.0.0.1', port, method, path, headers, localAddress: '127.0.0.7' }
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...options, agent: false, servername: 'helpdesk.example.org', rejectUnauthorized: false },
      async response => resolve({ status: response.statusCode, body: await text(response) }),
    )
    sent.on('error', reject).end(body)
  })
}

/** The helpdesk answers through the server, sees the address of the client, and its metrics are closed. */
async function isWellBehind(t: Test, { log }: House, port: number): Promise<void> {
  const login = { user: SUSAN.username, password: SUSAN.password }
  await until('the server', () =>
    asked(port, 'GET', '/healthz').then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  const comment = 'x'.repeat(24 * 1024 * 1024)
  t.match(
    await asked(port, 'POST', '/api/create_ticket/', { ...login, queue: '1', title: 'A', body: comment }),
    {
      status: 200,
    },
  )
  t.equal((await asked(port, 'POST', '/api/list_queues/', { ...login, password: 'no' })).status, 403)
  const failed = log.filter(line => line.includes('"login_failed"')).map(line => JSON.parse(line))
  t.match(failed, [{ peer: '127.0.0.7' }], 'neither the server nor what the client says of itself')
  for (const path of [
    '/metrics',
    '/metrics/',
    '/metrics?x',
    '//metrics',
    '/%6detrics',
    '/x/../metrics',
    '/metrics%2f',
  ])
    t.notMatch((await asked(port, 'GET', path)).body, /helpdeskd_/, path)
}

t.test('nginx in front', { skip: needs('nginx', 'openssl') }, async t => {
  const [server = '', toml = ''] = recipe('nginx in front')
  const built = await house(t, dotted(toml))
  const directory = directoryFor(t)
  const { cert, key } = certificateIn(directory)
  const port = await freePort()
  const adaptedServer = adapted(server, {
    'listen 443': `listen 127.0.0.1:${port}`,
    '/etc/ssl/helpdesk.pem': cert,
    '/etc/ssl/helpdesk.key': key,
    '127.0.0.1:8090': `127.0.0.1:${built.daemon.httpPort}`,
  })
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => {
    mkdirSync(join(directory, name))
    return `${name}_temp_path ${directory}/${name};`
  })
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const config = `${user} daemon off; pid ${directory}/pid; error_log ${directory}/error.log;\nevents {}\nhttp { access_log off; ${places.join(' ')}\n${adaptedServer}\n}\n`
  writeFileSync(join(directory, 'nginx.conf'), config)
  running(t, 'nginx', ['-p', directory, '-e', `${directory}/error.log`, '-c', join(directory, 'nginx.conf')])
  await isWellBehind(t, built, port)
})

t.test('Caddy in front', { skip: needs('caddy', 'openssl') }, async t => {
  const [, toml = ''] = recipe('nginx in front')
  const [site = ''] = recipe('Caddy in front')
  const built = await house(t, dotted(toml))
  const directory = directoryFor(t)
  const { cert, key } = certificateIn(directory)
  const port = await freePort()
  const adaptedSite = adapted(site, {
    'helpdesk.example.org {': `https://helpdesk.example.org:${port} {\n    bind 127.0.0.1\n    tls ${cert} ${key}`,
    '127.0.0.1:8090': `127.0.0.1:${built.daemon.httpPort}`,
  })
  const path = join(directory, 'Caddyfile')
  writeFileSync(
    path,
    `{\n    admin off\n    auto_https disable_redirects\n    storage file_system ${directory}\n}\n${adaptedSite}`,
  )
  running(t, 'caddy', ['run', '--adapter', 'caddyfile', '--config', path])
  await isWellBehind(t, built, port)
})
