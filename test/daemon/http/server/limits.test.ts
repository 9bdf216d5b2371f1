import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { KnownAddresses } from '../../../../daemon/auth/known_addresses.ts'
import { answer } from '../../../../daemon/http/answer.ts'
import { Connections } from '../../../../daemon/http/server/connections.ts'
import { HTTP_WAITS } from '../../../../daemon/http/server/timeouts.ts'
import { eventsTo, house, quietEvents, until } from '../../../house.ts'
import { exchange, lingerFor, repliesIn } from '../../../http_client.ts'

const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Opens `count` idle connections; gives those that the daemon leaves open, once it has closed the others. */
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

/** The response to a client at this address; empty if the connection is closed at once. */
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

t.test('one address may have a hundred connections, and the one that is idle longest makes room', async t => {
  const { daemon, log } = await house(t)
  const port = daemon.httpPort
  await idle(t, 110, 10, port)
  t.equal(await healthOf(port, '127.0.0.1'), 'ok', 'one more')
  t.equal(await healthOf(port, '127.0.0.2'), 'ok')
  const told = log.map(line => JSON.parse(line)).filter(({ reason }) => reason === 'made_room')
  t.match(told[0], { event: 'refused', level: 'info', door: 'http', peer: '127.0.0.1' })
  t.equal(told.length, 11)
})

t.test('a proxy may have more connections', async t => {
  const { daemon } = await house(t, 'http.proxies = ["127.0.0.0/8"]')
  await idle(t, 1010, 0, daemon.httpPort)
  t.equal(await healthOf(daemon.httpPort, '127.0.0.1'), 'ok')
})

/** A connection that was just accepted, and its requests, as far as the door uses them. */
function accepted(remoteAddress: string | undefined, remotePort: number) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    remotePort,
    destroyed: false,
    destroy: () => {
      socket.destroyed = true
      socket.emit('close')
    },
  })
  const asking = (complete: boolean) => {
    const req = { socket, complete }
    return Object.assign(new EventEmitter(), { req, writableEnded: false })
  }
  return { socket, asking, isClosed: () => socket.destroyed }
}

/** The connections of a door for which one address is known and one is a proxy. */
function lobby() {
  const knownAddresses = new KnownAddresses()
  knownAddresses.add('susan', '198.51.100.1')
  const told: string[] = []
  const connections = new Connections(address => address === '192.0.2.1', knownAddresses, eventsTo(told))
  let port = 0
  const open = (address: string | undefined) => {
    const one = accepted(address, ++port)
    connections.open(one.socket as unknown as Socket)
    const ask = (complete: boolean) => {
      const response = one.asking(complete)
      connections.ask(response.req as never, response as never)
      return response
    }
    return { ...one, ask }
  }
  const many = (count: number, address: (at: number) => string | undefined) =>
    Array.from({ length: count }, (_, at) => open(address(at)))
  const closed = (some: { isClosed(): boolean }[]) => some.filter(one => one.isClosed()).length
  return { knownAddresses, told, open, many, closed }
}
const stranger = (at: number) => `10.0.${Math.floor(at / 100)}.1`

t.test('an IPv6 /64 network counts as one address', async t => {
  const { many, open, closed } = lobby()
  const own = many(100, at => `2001:db8::${at.toString(16)}`)
  t.equal(closed(own), 0)
  t.notOk(open('2001:db8:0:0:1::').isClosed())
  t.same(
    own.map(one => one.isClosed()),
    own.map((_, at) => at === 0),
    'for the one that waited longest',
  )
  t.notOk(open('2001:db8:0:1::1').isClosed(), 'another network')
  t.equal(closed(own), 1)
})

t.test('strangers may have three quarters of the connections, and never take those of others', async t => {
  const { many, open, closed } = lobby()
  const proxied = many(100, () => '192.0.2.1')
  const known = many(100, () => '198.51.100.1')
  const strangers = many(1500, stranger)
  t.equal(closed([...proxied, ...known, ...strangers]), 0)
  t.notOk(open('203.0.113.1').isClosed())
  t.equal(closed(strangers), 1)
  t.ok(strangers[0]!.isClosed())
  const more = many(400, () => '198.51.100.1')
  t.equal(closed([...known, ...more]), 0, 'a known address may have five hundred')
  t.equal(closed(strangers), 101, 'two thousand in all')
  many(500, at => stranger(at + 1600))
  t.equal(closed([...proxied, ...known, ...more]), 0)
})

t.test(
  'a client that keeps the server waiting during a request is closed, one that is being answered stays',
  async t => {
    const { told, many, open, closed } = lobby()
    const strangers = many(1500, stranger)
    const answers = strangers.map((one, at) => one.ask(at !== 1 && at !== 2))
    answers[3]!.writableEnded = true
    for (const goes of [1, 2, 3]) {
      const answer = open('203.0.113.1').ask(true)
      t.equal(closed(strangers), goes)
      t.ok(strangers[goes]!.isClosed())
      t.notOk(answer.req.socket.destroyed)
    }
    told.length = 0
    t.ok(open('203.0.113.2').isClosed(), 'the server waits for no client')
    t.match(JSON.parse(told[0]!), { event: 'refused', reason: 'too_many', peer: '203.0.113.2' })
    answers[7]!.emit('close')
    t.notOk(open('203.0.113.2').isClosed())
    t.ok(strangers[7]!.isClosed(), 'it was answered, and is idle again')
  },
)

t.test('an address is known from its first login on', async t => {
  const { knownAddresses, many, open, closed } = lobby()
  const first = open('203.0.113.1')
  const answer = first.ask(true)
  knownAddresses.add('fred', '203.0.113.1')
  answer.emit('close')
  many(1600, stranger)
  t.notOk(first.isClosed())
  t.equal(closed(many(200, () => '203.0.113.1')), 0)
  t.intercept(performance, 'now', { value: () => 13 * 60 * 60 * 1000 + 1e9 })
  t.notOk(knownAddresses.has('203.0.113.1'), 'for some hours')
})

/** A server that answers with `size` bytes; and whether its side of the last connection is closed. */
async function answering(t: Test, size: number) {
  let socket: Socket | undefined
  const server = createServer((request, response) => {
    socket = request.socket
    setImmediate(() => answer(response, { status: 200, body: 'x'.repeat(size) }, 'id', quietEvents()))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    isClosed: () => socket!.destroyed,
    isAsked: () => socket !== undefined,
  }
}

t.test('a response that is not read is given up, and a slow reader gets all of it', async t => {
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
  t.notOk(isClosed(), 'the client still has time')
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

t.test('a response that the system takes at once sets no timer', async t => {
  const { port } = await answering(t, 1000)
  const timers = mock.method(globalThis, 'setTimeout')
  t.teardown(() => timers.mock.restore())
  t.match(await exchange(port, HEALTH), /x{1000}$/)
  t.same(
    timers.mock.calls.map(({ stack }) => stack.stack),
    [],
  )
})

t.test('the server waits ten seconds for headers, even if nothing arrives', async t => {
  t.equal(HTTP_WAITS.headers, 10_000)
  const { daemon } = await house(t, '', undefined, { headers: 1000, look: 50 })
  const waits = (bytes: string, more?: string) => {
    const began = performance.now()
    const socket = connect(daemon.httpPort, '127.0.0.1')
    const drip = more === undefined ? undefined : setInterval(() => socket.write(more), 100)
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
    t.ok(seconds > 0.9, `${seconds} s`)
  }
})

t.test('a refused client that still sends slowly is not cut off before it can read the response', async t => {
  const linger = 2000
  lingerFor(t, linger)
  const { daemon } = await house(t)
  const socket = connect(daemon.httpPort, '127.0.0.1')
  t.teardown(() => socket.destroy())
  const began = performance.now()
  let received = ''
  socket.on('data', chunk => (received += chunk)).on('error', () => {})
  const closed = new Promise<number>(resolve => socket.on('close', () => resolve(performance.now() - began)))
  socket.write('POST /api/hold_ticket HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n')
  const drip = setInterval(() => {
    socket.write('x'.repeat(1000))
    if (performance.now() - began > linger * 1.3) clearInterval(drip)
  }, linger / 5)
  t.teardown(() => clearInterval(drip))
  t.ok((await closed) > linger * 1.4, 'and it ends when nothing arrives any more')
  t.match(repliesIn(received), [{ status: 413, body: /^The body is too large/ }])
})
