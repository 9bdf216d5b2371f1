import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { MINUTE } from '../../../../data/durations.ts'
import { FRED, house, SUSAN, until } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'
import { wire } from '../../mail/wire.ts'

/** Opens connections from several addresses of this machine, and sends the same text on each. */
async function crowd(
  t: Test,
  port: number,
  { addresses, each, bytes }: { addresses: number; each: number; bytes: string },
): Promise<Set<Socket>> {
  const open = new Set<Socket>()
  t.teardown(() => {
    for (const socket of open) socket.destroy()
  })
  for (let at = 0; at < addresses; at++) {
    const connected = Array.from({ length: each }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${at + 100}` })
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
      socket.resume()
      if (bytes !== '') socket.write(bytes)
      return new Promise(resolve => socket.once('connect', resolve).once('close', resolve))
    })
    await Promise.all(connected)
    // The server accepts one connection in each turn of the event loop; while hundreds wait for that, the system delays others by a second.
    for (let turns = 0; turns < each; turns++) await new Promise(resolve => setImmediate(resolve))
  }
  return open
}

/** The statuses of `count` calls, one after the other. */
async function calls(port: number, count: number, from: string, more = ''): Promise<number[]> {
  const statuses: number[] = []
  for (let at = 0; at < count; at++) {
    const reply = ask(port, 'POST', '/api/list_queues/', LOGIN + more, undefined, from)
    statuses.push((await reply.catch(() => ({ status: 0 }))).status)
  }
  return statuses
}
const all200 = Array(15).fill(200)

t.test('two thousand idle connections do not lock out others', async t => {
  const { daemon } = await house(t)
  const port = daemon.httpPort
  t.same(await calls(port, 1, '127.0.0.3'), [200])
  await crowd(t, port, { addresses: 20, each: 100, bytes: '' })
  t.same(await calls(port, 15, '127.0.0.2'), all200, 'a stranger')
  t.same(await calls(port, 15, '127.0.0.3'), all200, 'a known address')
})

t.test('nor do connections with unfinished bodies', async t => {
  const { daemon } = await house(t)
  const port = daemon.httpPort
  const begun = 'POST /api/list_queues/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nuser='
  await crowd(t, port, { addresses: 20, each: 100, bytes: begun })
  t.same(await calls(port, 15, '127.0.0.2'), all200)
})

t.test('held bodies leave room for those of others', async t => {
  const { daemon } = await house(t)
  const port = daemon.httpPort
  t.same(await calls(port, 1, '127.0.0.3'), [200])
  const text = `&text=${'x'.repeat(60_000)}`
  const held = `POST /api/list_queues/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(279_600)}`
  const open = await crowd(t, port, { addresses: 8, each: 60, bytes: held })
  t.same(await calls(port, 15, '127.0.0.2', text), all200, 'eight addresses')
  for (const socket of open) socket.destroy()
  await crowd(t, port, { addresses: 16, each: 30, bytes: held })
  t.same(await calls(port, 15, '127.0.0.3', text), all200, 'sixteen addresses, a known address')
  t.same(await calls(port, 15, '127.0.0.2', text), all200, 'sixteen addresses, a stranger')
})

t.test('slow large bodies give way to a fast one', async t => {
  const { daemon, log } = await house(t)
  const port = daemon.httpPort
  const held = `POST /api/list_queues/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(1_100_000)}`
  await crowd(t, port, { addresses: 6, each: 1, bytes: held })
  await until('four', () => log.filter(line => line.includes('"code":"unavailable"')).length === 2)
  const { now } = performance
  t.intercept(performance, 'now', { value: () => now.call(performance) + MINUTE / 4 })
  const large = `${LOGIN}&queue=1&title=x&submitter_email=a@b.example&body=${'x'.repeat(2_000_000)}`
  const send = () => ask(port, 'POST', '/api/create_ticket/', large, undefined, '127.0.0.2')
  await until('a place', async () => (await send()).status === 200)
  t.match(log.join(''), /"code":"too_slow","sentence":"The body arrived too slowly while others were waiting/)
})

t.test('guesses from sixty addresses do not lock out users', async t => {
  // The guesses that still wait at the end need not be checked.
  const { daemon } = await house(t, '', undefined, { closing: 0 })
  const port = daemon.httpPort
  const right = (user: typeof SUSAN, from: string) =>
    ask(port, 'POST', '/api/list_queues/', formOf(user), undefined, from).then(({ status }) => status)
  t.equal(await right(FRED, '127.0.0.3'), 200)
  let guessing = true
  let guesses = 0
  const guessers = Array.from({ length: 60 }, async (_, at) => {
    for (let round = 0; guessing; round++) {
      const guess = { ...SUSAN, username: `user${at}`, password: `guess ${round}` }
      await right(guess, `127.0.0.${at + 100}`).catch(() => {})
      guesses++
    }
  })
  await until('guesses', () => guesses > 8)
  const statuses: number[] = []
  for (let at = 0; at < 6; at++) {
    // Checks of the last five minutes are remembered, so each login is the first of another user from there.
    statuses.push(await right(SUSAN, `127.0.1.${at + 1}`))
  }
  t.same(statuses, all200.slice(0, 6), 'a stranger in another network')
  const client = await wire(daemon.smtpPort)
  await client.say('EHLO client.example')
  t.match(await client.say(`AUTH PLAIN ${btoa(`\0fred\0${FRED.password}`)}`), /^235/)
  client.close()
  guessing = false
  await daemon.stop()
  await Promise.all(guessers)
})

function formOf({ username, password }: { username: string; password: string }): string {
  return new URLSearchParams({ user: username, password }).toString()
}
