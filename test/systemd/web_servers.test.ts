import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { certificateIn } from '../daemon/mail/certificate.ts'
import { endWith } from '../ended.ts'
import { directoryFor, type House, house, SUSAN, until } from '../house.ts'
import { freePort } from '../program.ts'
import { needs, pathOf } from '../tools.ts'
import { adapted, dotted, recipe, section } from './recipe.ts'

interface Answer {
  readonly status: number | undefined
  readonly body: string
}
const LOGIN = { user: SUSAN.username, password: SUSAN.password }
const MEGABYTE = 1024 * 1024

/** Runs a server until the test ends. */
function running(t: Test, program: string, args: readonly string[]): ChildProcess {
  const child = spawn(pathOf(program)!, args, { stdio: 'ignore' })
  endWith(t, child, 'SIGTERM')
  return child
}

/** A POST or GET over HTTPS from another loopback address, whatever the certificate is; the second half of a body waits for `halfway`. */
function asked(
  port: number,
  method: string,
  path: string,
  { fields = {}, headers = {}, halfway = async () => {} }: Asking = {},
): Promise<Answer> {
  const body = method === 'POST' ? new URLSearchParams(fields).toString() : ''
  const all = {
    Host: 'helpdesk.example.org',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': body.length,
    'X-Forwarded-For': '203.0.113.9',
    ...headers,
  }
  const options = { host: '127.0.0.1', port, method, path, headers: all, localAddress: '127.0.0.7' }
  return new Promise((resolve, reject) => {
    const tls = { servername: 'helpdesk.example.org', rejectUnauthorized: false }
    const sent = request({ ...options, ...tls, agent: false }, async response => {
      // A body that is too large is answered before its end, and then the rest finds no reader.
      sent.removeListener('error', reject).on('error', () => {})
      resolve({ status: response.statusCode, body: await text(response) })
    })
    sent.on('error', reject)
    const half = Math.floor(body.length / 2)
    const end = () => sent.end(body.slice(half))
    sent.write(body.slice(0, half), error => (error ? undefined : void halfway().then(end, reject)))
  })
}

interface Asking {
  readonly fields?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly halfway?: () => Promise<void>
}

/** Waits until the server and the helpdesk behind it answer. */
function greeted(port: number): Promise<boolean> {
  return until('the server', () =>
    asked(port, 'GET', '/healthz').then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
}

/** Large bodies and slow clients are served. */
async function takesBodies(t: Test, port: number): Promise<void> {
  await greeted(port)
  const create = (body: string, more: Asking = {}) =>
    asked(port, 'POST', '/api/create_ticket/', {
      fields: { ...LOGIN, queue: '1', title: 'A', body },
      ...more,
    })
  t.match(await create('x'.repeat(24 * MEGABYTE)), { status: 200 })
  // A server may reset the connection of a client that still sends, before the client has read the answer.
  const tooLarge = await until('the refusal', () => create('x'.repeat(30 * MEGABYTE)).catch(() => undefined))
  t.match(tooLarge, { status: 413, body: /send at most 26214400 bytes/ }, 'the words of helpdeskd')
  const halfway = async () => {
    t.match(await create('quick'), { status: 200 }, 'a slow client delays nobody')
  }
  t.match(await create('x'.repeat(MEGABYTE), { halfway }), { status: 200 })
}

/** The helpdesk answers through the server, sees the address of the client, and its metrics are closed. */
async function isWellBehind(t: Test, { log }: House, port: number): Promise<void> {
  await greeted(port)
  t.equal((await asked(port, 'GET', '/status')).status, 401)
  const login = Buffer.from(`${SUSAN.username}:${SUSAN.password}`).toString('base64')
  const headers = { Authorization: `Basic ${login}` }
  t.match(await asked(port, 'GET', '/status', { headers }), { status: 200, body: /helpdeskd/ })
  const before = log.length
  const fields = { ...LOGIN, password: 'no' }
  t.equal((await asked(port, 'POST', '/api/list_queues/', { fields })).status, 403)
  const failed = log.slice(before).filter(line => line.includes('"login_failed"'))
  const peers = failed.map(line => JSON.parse(line).peer)
  t.same(peers, ['127.0.0.7'], 'neither the server nor what the client says of itself')
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

/** A helpdesk at a port and at a unix socket; and a server block of a recipe for each, with the given words in place of others. */
async function behind(
  t: Test,
  heading: string,
  unixLine: RegExp,
  words: (port: number) => Record<string, string>,
) {
  const [, toml = ''] = recipe('nginx in front')
  const [block = ''] = recipe(heading)
  const socket = join(directoryFor(t), 'http.sock')
  const built = await house(t, `http.listen = ["127.0.0.1:0", "unix:${socket}"]\n${dotted(toml)}`)
  const [port, unixPort] = [await freePort(), await freePort()]
  const [line = ''] = unixLine.exec(section(heading)) ?? []
  const unixBlock = block.replace(/(?:proxy_pass http:\/\/|reverse_proxy )127\.0\.0\.1:8090;?/, line)
  const blocks = [
    adapted(block, { ...words(port), '127.0.0.1:8090': `127.0.0.1:${built.daemon.httpPort}` }),
    adapted(unixBlock, { ...words(unixPort), '/run/helpdeskd/http.sock': socket }),
  ]
  return { built, port, unixPort, blocks: blocks.join('\n') }
}

t.test('nginx in front', { skip: needs('nginx', 'openssl') }, async t => {
  const directory = directoryFor(t)
  const { cert, key } = certificateIn(directory)
  const { built, port, unixPort, blocks } = await behind(
    t,
    'nginx in front',
    /proxy_pass http:\/\/unix[^`]+/,
    port => ({
      'listen 443': `listen 127.0.0.1:${port}`,
      '/etc/ssl/helpdesk.pem': cert,
      '/etc/ssl/helpdesk.key': key,
    }),
  )
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => {
    mkdirSync(join(directory, name))
    return `${name}_temp_path ${directory}/${name};`
  })
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const config = `${user} daemon off; pid ${directory}/pid; error_log ${directory}/error.log;\nevents {}\nhttp { access_log off; ${places.join(' ')}\n${blocks}\n}\n`
  writeFileSync(join(directory, 'nginx.conf'), config)
  running(t, 'nginx', ['-p', directory, '-e', `${directory}/error.log`, '-c', join(directory, 'nginx.conf')])
  await takesBodies(t, port)
  await isWellBehind(t, built, port)
  await isWellBehind(t, built, unixPort)
})

t.test('Caddy in front', { skip: needs('caddy', 'openssl') }, async t => {
  const directory = directoryFor(t)
  const { cert, key } = certificateIn(directory)
  const { built, port, unixPort, blocks } = await behind(
    t,
    'Caddy in front',
    /reverse_proxy unix[^`]+/,
    port => ({
      'helpdesk.example.org {': `https://helpdesk.example.org:${port} {\n    bind 127.0.0.1\n    tls ${cert} ${key}`,
    }),
  )
  const path = join(directory, 'Caddyfile')
  const global = `{\n    admin off\n    auto_https disable_redirects\n    storage file_system ${directory}\n}\n`
  writeFileSync(path, `${global}${blocks}`)
  running(t, 'caddy', ['run', '--adapter', 'caddyfile', '--config', path])
  await takesBodies(t, port)
  await isWellBehind(t, built, port)
  await isWellBehind(t, built, unixPort)
})
