import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { logTo } from '../../daemon/events.ts'
import { answer } from '../../daemon/http/answer.ts'
import { connectionLimit } from '../../daemon/http/connections.ts'
import { house, until } from '../house.ts'
import { exchange, repliesIn } from '../http_client.ts'

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Opens so many connections that say nothing; gives those that the daemon leaves open, once it has closed the others. */
async function idle(t: Test, count: number, closed: number, port: number): Promise<Set<Socket>> {
  const sockets = new Set<Socket>()
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let at = 0; at < count; at++) {
    const socket = connect(port, '127.0.0.1')
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.resume()
    if (at % 100 === 99) await new Promise(resolve => socket.once('connect', resolve))
  }
  await until('the connections', () => sockets.size === count - closed)
  return sockets
}

/** The answer to a client at this address; empty where it is closed at once. */
function healthOf(port: number, localAddress: string): Promise<string> {
  return new Promise(resolve => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.on('data', chunk => (received += chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(repliesIn(received)[0]?.body ?? ''))
    socket.write(HEALTH)
  })
}

t.test('one address has a thousand connections at most, and others are served beside it', async t => {
  const { daemon, log } = await house(t)
  const port = daemon.httpPort
  const sockets = await idle(t, 1010, 10, port)
  t.equal(await healthOf(port, '127.0.0.1'), '', 'one more')
  t.equal(await healthOf(port, '127.0.0.2'), 'ok')
  const told = log.map(line => JSON.parse(line)).filter(({ event }) => event === 'connections_refused')
  t.match(told, [{ level: 'warning', connections: 1, last: '127.0.0.1' }])
  t.equal(told.length, 1, 'the others are told of later')
  for (const socket of [...sockets].slice(0, 5)) socket.destroy()
  await until('room', async () => (await healthOf(port, '127.0.0.1')) === 'ok')
})

t.test('a proxy speaks for many', async t => {
  const { daemon } = await house(t, 'http.proxies = ["127.0.0.0/8"]')
  await idle(t, 1010, 0, daemon.httpPort)
  t.equal(await healthOf(daemon.httpPort, '127.0.0.1'), 'ok')
})

/** A connection that was just accepted, as far as the limit looks at it. */
function accepted(remoteAddress: string | undefined): Socket & { isClosed: boolean } {
  const listeners: (() => void)[] = []
  const socket = {
    remoteAddress,
    isClosed: false,
    once: (_: string, listener: () => void) => listeners.push(listener),
    destroy: () => {
      socket.isClosed = true
      for (const listener of listeners) listener()
    },
  }
  return socket as unknown as Socket & { isClosed: boolean }
}

t.test('a network of IPv6 counts as one address, and the log has a line a minute', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const log: string[] = []
  logTo(line => log.push(line))
  const told = () =>
    log.splice(0).map(line => (({ connections, last }) => [connections, last])(JSON.parse(line)))
  const take = connectionLimit(address => address === '192.0.2.1')
  const open = (address: string | undefined) => {
    const socket = accepted(address)
    take(socket)
    return socket
  }
  const first = Array.from({ length: 1000 }, (_, at) => open(`2001:db8::${at.toString(16)}`))
  t.notOk(first.some(({ isClosed }) => isClosed))
  t.ok(open('2001:db8::ffff:0:0:1').isClosed)
  t.ok(open('2001:db8:0:0:1::').isClosed)
  t.notOk(open('2001:db8:0:1::1').isClosed, 'another network')
  t.same(told(), [[1, '2001:db8::ffff:0:0:1']])
  for (let at = 0; at < 50; at++) open('2001:db8::1')
  t.same(told(), [])
  mock.timers.tick(60_000)
  t.same(told(), [[51, '2001:db8::1']])
  mock.timers.tick(60_000)
  t.same(told(), [], 'nothing came')
  open('2001:db8::2')
  t.same(told(), [[1, '2001:db8::2']])

  const proxied = Array.from({ length: 999 }, () => open('192.0.2.1'))
  t.notOk(proxied.some(({ isClosed }) => isClosed))
  t.ok(open('192.0.2.1').isClosed, 'two thousand in all')
  t.ok(open('198.51.100.7').isClosed)
  t.ok(open(undefined).isClosed, 'who comes by a unix socket counts in all')
  first[0]!.destroy()
  t.notOk(open('198.51.100.7').isClosed)
})

/** A server that answers with so many bytes; and whether its side of the last connection is closed. */
async function answering(t: Test, size: number) {
  let socket: Socket | undefined
  const server = createServer((request, response) => {
    socket = request.socket
    setImmediate(() => answer(response, { status: 200, body: 'x'.repeat(size) }))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    isClosed: () => socket!.destroyed,
    isAsked: () => socket !== undefined,
  }
}

t.test('an answer that nobody takes is given up, a slow reader gets it whole', async t => {
  const setTimeout = globalThis.setTimeout
  const size = 32 * 1024 * 1024
  const patience = 30_000 + (size / 8192) * 1000
  const { port, isClosed, isAsked } = await answering(t, size)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const settle = () => new Promise(resolve => setTimeout(resolve, 100))
  const asking = () => {
    const socket = connect(port, '127.0.0.1').pause()
    t.teardown(() => socket.destroy())
    socket.on('error', () => {})
    socket.write(HEALTH)
    return socket
  }
  asking()
  while (!isAsked()) await settle()
  await settle()
  mock.timers.tick(patience - 1)
  await settle()
  t.notOk(isClosed(), 'the client has its time')
  mock.timers.tick(1)
  await settle()
  t.ok(isClosed())

  const reader = asking()
  await settle()
  t.notOk(isClosed())
  mock.timers.tick(patience / 2)
  let received = 0
  reader.on('data', chunk => (received += chunk.length)).resume()
  await new Promise(resolve => reader.on('close', resolve))
  t.ok(received > size)
})

t.test('an answer that the system takes at once sets no timer', async t => {
  const { port } = await answering(t, 1000)
  const timers = mock.method(globalThis, 'setTimeout')
  t.teardown(() => timers.mock.restore())
  t.match(await exchange(port, HEALTH), /x{1000}$/)
  t.same(
    timers.mock.calls.map(({ stack }) => stack.stack),
    [],
  )
})

t.test('headers that do not come are waited for ten seconds, also where nothing comes at all', async t => {
  const { daemon } = await house(t)
  const waits = (bytes: string, more?: string) => {
    const began = performance.now()
    const socket = connect(daemon.httpPort, '127.0.0.1')
    const drip = more === undefined ? undefined : setInterval(() => socket.write(more), 500)
    t.teardown(() => clearInterval(drip))
    let received = ''
    socket.on('data', chunk => (received += chunk)).on('error', () => {})
    socket.write(bytes)
    return new Promise<{ received: string; seconds: number }>(resolve =>
      socket.on('close', () => resolve({ received, seconds: (performance.now() - began) / 1000 })),
    )
  }
  const all = await Promise.all([
    waits(''),
    waits('POST /api/x HTTP/1.1\r\n'),
    waits('GET / HTTP/1.1\r\n', 'A: b\r\n'),
  ])
  for (const { received, seconds } of all) {
    t.match(repliesIn(received), [{ status: 408, body: 'The request took too long; send it again, faster.' }])
    t.ok(seconds > 9, `${seconds} s`)
  }
})

t.test(
  'who is refused and goes on sending, if slowly, is not cut off before the answer can be read',
  async t => {
    const { daemon } = await house(t)
    const socket = connect(daemon.httpPort, '127.0.0.1')
    t.teardown(() => socket.destroy())
    const began = performance.now()
    let received = ''
    socket.on('data', chunk => (received += chunk)).on('error', () => {})
    const closed = new Promise<number>(resolve =>
      socket.on('close', () => resolve(performance.now() - began)),
    )
    socket.write('POST /api/hold_ticket HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n')
    const drip = setInterval(() => {
      socket.write('x'.repeat(1000))
      if (performance.now() - began > 6500) clearInterval(drip)
    }, 1000)
    t.teardown(() => clearInterval(drip))
    t.ok((await closed) > 7000, 'and when nothing comes any more, it is over')
    t.match(repliesIn(received), [{ status: 413, body: /^The body is too large/ }])
  },
)
