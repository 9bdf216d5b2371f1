import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { MIB } from '../../../../data/sizes.ts'
import { type House, house, until } from '../../../house.ts'
import { exchange, LOGIN, postBytes, repliesIn } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'

/** The statuses with which the HTTP door may answer a request. */
const STATUSES = [200, 400, 403, 404, 405, 408, 413, 415, 431, 503]

/** Whether the daemon is up, and carries out a call. */
async function isFine({ susan }: House): Promise<boolean> {
  return (await susan('list_queues')).status === 200
}

/** Whether everything received is complete replies, each with a status from the table and a sentence. */
function areReplies(received: string): boolean {
  return repliesIn(received).every(
    ({ status, body, headers }) =>
      STATUSES.includes(status) &&
      body !== '' &&
      body.length === Number(headers['content-length']) &&
      (status === 200 || /^[^\r\n]+\.$/.test(body)),
  )
}

/** A POST with a body that is too large, chunked or with a Content-Length. */
function* largePost(size: number, chunked: boolean): Generator<Buffer> {
  const how = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`
  yield Buffer.from(
    `POST /api/hold_ticket/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n${how}\r\n\r\n`,
  )
  for (let sent = 0; sent < size; sent += MIB) {
    if (chunked) yield Buffer.from(`${MIB.toString(16)}\r\n`)
    yield Buffer.alloc(MIB, 'x')
    if (chunked) yield Buffer.from('\r\n')
  }
  if (chunked) yield Buffer.from('0\r\n\r\n')
}

/** Sends everything before it reads, like a simple client. */
function sendAll(port: number, pieces: Iterable<Buffer>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1').pause()
    socket.on('error', reject)
    const write = async () => {
      for (const piece of pieces) await new Promise(done => socket.write(piece, done))
      let received = ''
      socket.on('data', text => {
        received += text
      })
      socket.on('close', () => resolve(received)).resume()
    }
    write()
  })
}

t.test('a too large body is refused, and the client can read the refusal', async t => {
  const home = await house(t)
  for (const chunked of [false, true]) {
    const received = await sendAll(home.daemon.httpPort, largePost(30 * MIB, chunked))
    t.match(repliesIn(received), [
      {
        status: 413,
        headers: { connection: 'close' },
        body: 'The body is too large; send at most 26214400 bytes.',
      },
    ])
    t.ok(await isFine(home))
  }
  // To encode it would take so long that the kept connection times out meanwhile.
  const body = Buffer.alloc(30 * MIB, 'x')
  const url = `http://127.0.0.1:${home.daemon.httpPort}/api/hold_ticket/`
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  t.equal((await fetch(url, { method: 'POST', headers, body })).status, 413)
  const put = await fetch(url, { method: 'PUT', body })
  t.equal(put.status, 405)
  t.equal(put.headers.get('connection'), 'close')
})

t.test('the largest allowed body is read, whatever it contains, and others do not wait long', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const frame = `${LOGIN}&ticket=1&reason=`
  const body = frame.padEnd(25 * MIB, '+a')
  // In processor time, which other programs do not lengthen.
  const turns: number[] = []
  let last = process.cpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(last)
    turns.push((user + system) / 1000)
    last = process.cpuUsage()
  }, 5)
  const received = await exchange(
    home.daemon.httpPort,
    postBytes('/api/unhold_ticket', body, ['Connection: close']),
  )
  clearInterval(timer)
  t.match(repliesIn(received), [{ status: 200, body: 'Ticket 1 is not on hold.' }])
  const [longest, all] = [Math.max(...turns), turns.reduce((sum, turn) => sum + turn, 0)]
  t.ok(longest < all / 2, `${longest} of ${all} ms`)
})

/** Holds a half-sent large body from an address, and begins again when it is refused, until the test ends. */
function hold(t: Test, port: number, localAddress: string): { end(): void } {
  const head = `POST /api/hold_ticket HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * MIB}\r\n\r\nuser=`
  let isOver = false
  let socket: Socket
  const begin = () => {
    if (isOver) return
    socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.on('error', () => {}).on('close', begin)
    socket.on('data', () => socket.destroy())
    socket.write(head.padEnd(1.5 * MIB, 'x'))
  }
  const end = () => {
    isOver = true
    socket.destroy()
  }
  begin()
  t.teardown(end)
  return { end }
}

t.test('a few large bodies are read at once; the next is refused for now', async t => {
  const home = await house(t)
  const port = home.daemon.httpPort
  const addresses = ['127.0.0.5', '127.0.0.6', '127.0.0.7', '127.0.0.8']
  const held = addresses.map(address => hold(t, port, address))
  const large = postBytes('/api/list_queues', `x=${'x'.repeat(MIB)}`, ['Connection: close'])
  const post = async (from: string) => repliesIn(await exchange(port, large, { from }))[0]
  const refused = await until('a refusal', async () => {
    const reply = await post('127.0.0.9')
    return reply?.status === 503 ? reply : undefined
  })
  t.match(refused, { headers: { 'retry-after': '10' }, body: /^Too many large bodies are being read/ })
  t.ok(await isFine(home), 'a small body is read')
  t.equal((await post('127.0.0.1'))?.status, 403, 'and a large one from a known address')
  for (const { end } of held) end()
  await until('room', async () => (await post('127.0.0.9'))?.status === 403)
  hold(t, port, '127.0.0.5')
  await until('one peer to have as many as it may', async () => (await post('127.0.0.5'))?.status === 503)
  t.equal((await post('127.0.0.9'))?.status, 403, 'and other strangers are served')
})

t.test('an incomplete body has no effect', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const body = `${LOGIN}&ticket=1`
  const half = postBytes('/api/hold_ticket', `${body}&x=y`).slice(0, -2)
  const socket = connect(home.daemon.httpPort, '127.0.0.1')
  socket.write(half)
  await until('the bytes to be there', () => socket.bytesWritten === half.length)
  t.ok(await isFine(home))
  socket.destroy()
  await until('the log', () =>
    home.log.some(line => line.includes('The connection ended before the body was complete')),
  )
  t.notMatch(home.log.join(''), '"method":"hold_ticket","actor"', 'no ticket was put on hold')
  t.ok(await isFine(home))
})

t.test('a client that disconnects before the response does no harm', async t => {
  const home = await house(t)
  await Promise.all(
    Array.from({ length: 20 }, (_, at) => {
      const guess = postBytes('/api/list_queues', `user=susan&password=guess${at % 3}`)
      return new Promise<void>(resolve => {
        const socket = connect(home.daemon.httpPort, '127.0.0.1')
        socket.write(guess, () => socket.resetAndDestroy())
        socket.on('close', () => resolve()).on('error', () => {})
      })
    }),
  )
  t.ok(await isFine(home))
})

t.test('a client that expects 100 Continue gets it, and any other expectation is ignored', async t => {
  const { daemon } = await house(t)
  const asked = postBytes('/api/list_queues', LOGIN, ['Connection: close', 'Expect: 100-continue'])
  t.match(repliesIn(await exchange(daemon.httpPort, asked)), [{ status: 100 }, { status: 200 }])
  const other = postBytes('/api/list_queues', LOGIN, ['Connection: close', 'Expect: the-unexpected'])
  t.match(repliesIn(await exchange(daemon.httpPort, other)), [{ status: 200 }])
})

t.test('a request that is refused before its body is read gets no 100 Continue', async t => {
  const { daemon } = await house(t)
  const head = (line: string, ...more: string[]) =>
    [line, 'Host: x', 'Expect: 100-continue', ...more, '', ''].join('\r\n')
  const long = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 26214401']
  const cases: [number, string][] = [
    [413, head('POST /api/hold_ticket/ HTTP/1.1', ...long)],
    [405, head('PUT /api/hold_ticket/ HTTP/1.1', ...long)],
    [404, head('POST /nothing HTTP/1.1', ...long)],
    [415, head('POST /api/hold_ticket/ HTTP/1.1', 'Content-Type: text/html', 'Content-Length: 5')],
    [415, head('POST /api/hold_ticket/ HTTP/1.1', 'Content-Encoding: gzip', 'Content-Length: 5')],
    [400, head('POST /api/hold_ticket/ HTTP/1.1', 'Content-Type: a/b', 'Content-Type: a/c')],
  ]
  for (const [status, bytes] of cases) {
    const enough = /\r\n\r\n[^\r]+\.$/
    t.match(repliesIn(await exchange(daemon.httpPort, bytes, { enough })), [{ status }], bytes)
  }
  const body = `2\r\nx=\r\n0\r\n\r\n`
  const chunked = head('POST /api/hold_ticket/ HTTP/1.1', 'Transfer-Encoding: chunked', 'Connection: close')
  const replies = repliesIn(await exchange(daemon.httpPort, chunked + body))
  t.same(
    replies.map(({ status }) => status),
    [100, 403],
    'a request whose body may be small enough gets one',
  )
})

t.test('malformed HTTP gets a sentence', async t => {
  const home = await house(t)
  const { httpPort } = home.daemon
  const refused = { headers: { connection: 'close', 'content-type': 'text/plain; charset=utf-8' } }
  const form = 'Content-Type: application/x-www-form-urlencoded'
  for (const bytes of [
    'hello\r\n\r\n',
    'EHLO mail.example\r\nMAIL FROM:<a@b.example>\r\n',
    'POST /api/gr\u00fc\u00df HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /api/x HTTP/1.1\r\nConnection: close\r\n\r\n',
    `POST /api/x HTTP/1.1\r\nHost: x\r\n${form}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    `POST /api/x HTTP/1.1\r\nHost: x\r\n${form}\r\nContent-Length: -1\r\n\r\n`,
    `POST /api/x HTTP/1.1\r\nHost: x\r\n${form}\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n`,
    'POST /api/x HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n',
  ]) {
    const received = await exchange(httpPort, bytes)
    t.match(
      repliesIn(received),
      [{ ...refused, status: 400, body: /\.$/ }],
      JSON.stringify(bytes.slice(0, 60)),
    )
  }
  const long = `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`
  t.match(repliesIn(await exchange(httpPort, long)), [
    { ...refused, status: 431, body: 'The headers are too large; send at most 16 KB in all.' },
  ])
  t.ok(await isFine(home))
})

t.test('any bytes are answered with a sentence, and the next request is served', async t => {
  const home = await house(t)
  const { httpPort } = home.daemon
  const close = ['Connection: close']
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  // After too many failed logins an address must wait, so each request has another address.
  let others = 0
  const other = () => ({ from: `127.1.${++others >> 8}.${others & 255}` })
  const answered = async (bytes: string) => {
    const received = await exchange(httpPort, bytes, other())
    return received !== '' && areReplies(received)
  }
  const bytes = fc.uint8Array({ maxLength: 300 }).map(text)
  const form = fc
    .array(
      fc.constantFrom(
        '&',
        '=',
        '%',
        '+',
        'user',
        'ticket',
        'password',
        'susan',
        '[]',
        '1',
        '%00',
        '%ff',
        '\xff',
      ),
    )
    .map(pieces => pieces.join(''))
  const body = fc.oneof(
    bytes,
    form,
    form.map(more => `${LOGIN}&${more}`),
  )
  const drawn = runs(60)
  await t.resolves(
    fc.assert(
      fc.asyncProperty(body, one => answered(postBytes('/api/hold_ticket', one, close))),
      drawn,
    ),
    'as a body',
  )
  const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/)
  const value = fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,50}$/)
  const header = fc.oneof(
    fc.tuple(token, value),
    fc.tuple(
      fc.constantFrom(
        'Content-Type',
        'Content-Length',
        'Transfer-Encoding',
        'Expect',
        'Host',
        'Cookie',
        'Authorization',
      ),
      value,
    ),
  )
  const headers = fc.array(
    header.map(([name, given]) => `${name}: ${given}`),
    { maxLength: 70 },
  )
  const withHeaders = (list: string[]) => {
    // These would cancel the Connection: close that the test waits for.
    const kept = list.filter(line => !/^(?:connection|proxy-connection):/i.test(line))
    return answered(postBytes('/api/hold_ticket', LOGIN, [...close, ...kept]))
  }
  await t.resolves(fc.assert(fc.asyncProperty(headers, withHeaders), drawn), 'as headers')
  const path = fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,60}$/)
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.constantFrom('/', '/api/', '', 'http://x/api/'), path, (start, rest) =>
        answered(postBytes(`${start}${rest}`, LOGIN, close)),
      ),
      drawn,
    ),
    'as a path',
  )
  const anything = async (given: string) =>
    areReplies(await exchange(httpPort, given, { fin: true, ...other() }))
  await t.resolves(fc.assert(fc.asyncProperty(bytes, anything), drawn), 'as a whole')
  t.ok(await isFine(home))
})

function failedLogins(log: readonly string[], from: string): string[] {
  return log.filter(line => line.includes('login_failed') && line.includes(`"peer":"${from}"`))
}

t.test('a request in progress when the door closes is answered with Connection: close', async t => {
  const { daemon, log } = await house(t)
  // A separate address: guesses of the tests above may still be counted.
  const from = '127.0.0.15'
  const guesses = Array.from({ length: 12 }, (_, at) =>
    exchange(daemon.httpPort, postBytes('/api/list_queues', `user=susan&password=guess${at}`), { from }),
  )
  await until('the first answer', () => failedLogins(log, from).length > 0)
  await daemon.stop()
  const replies = (await Promise.all(guesses)).flatMap(repliesIn)
  t.ok(replies.every(({ status }) => status === 403 || status === 429))
  t.ok(replies.some(({ headers }) => headers.connection === 'close'))
})

t.test('the door closes although a client is still sending', async t => {
  const home = await house(t, '', undefined, { closing: 300 })
  const { daemon } = home
  const half = connect(daemon.httpPort, '127.0.0.1').on('error', () => {})
  half.write(postBytes('/api/hold_ticket', LOGIN).slice(0, -1))
  const closed = new Promise(resolve => half.on('close', resolve))
  t.ok(await isFine(home), 'the bytes have arrived')
  await Promise.all([daemon.stop(), closed])
  t.pass('it closed')
})

t.test('the refusal of garbage after a call does not replace its response', async t => {
  const { daemon, susan } = await house(t)
  const bytes = `${postBytes('/api/create_ticket', `${LOGIN}&queue=1&title=x`)}nonsense\r\n\r\n`
  const replies = repliesIn(await exchange(daemon.httpPort, bytes))
  t.match(replies, [
    { status: 200, body: '1' },
    { status: 400, body: /^Malformed HTTP request;/ },
  ])
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { body: '2' })
})

t.test('a CONNECT after a call, and a reset, do no harm', async t => {
  const home = await house(t)
  const guess = postBytes('/api/list_queues', 'user=fred&password=guess')
  for (const behind of ['CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n', 'nonsense\r\n\r\n']) {
    await new Promise<void>(resolve => {
      const socket = connect(home.daemon.httpPort, '127.0.0.1', () => {
        socket.write(guess + behind, () => setTimeout(() => socket.resetAndDestroy(), 20))
      })
      socket.on('close', () => resolve()).on('error', () => {})
    })
  }
  t.ok(await isFine(home))
})

t.test('continued garbage is refused once', async t => {
  const { daemon } = await house(t)
  const received = await new Promise<string>(resolve => {
    let text = ''
    const socket = connect(daemon.httpPort, '127.0.0.1')
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('close', () => resolve(text)).on('error', () => {})
    let left = 20
    const write = () => {
      if (left-- === 0) socket.end()
      else socket.write('nonsense\r\n', () => setTimeout(write, 5))
    }
    write()
  })
  t.match(repliesIn(received), [{ status: 400, body: /^Malformed HTTP request;/ }])
})

t.test('a request with a token in its header has a reserved place for a large body', async t => {
  const home = await house(t)
  for (const address of ['127.0.0.5', '127.0.0.6', '127.0.0.7', '127.0.0.8'])
    hold(t, home.daemon.httpPort, address)
  const large = (headers: string[], login: string) =>
    exchange(
      home.daemon.httpPort,
      postBytes('/api/list_queues', `${login}x=${'x'.repeat(MIB)}`, ['Connection: close', ...headers]),
      { from: '127.0.0.9' },
    )
  await until('the places to be taken', async () => repliesIn(await large([], ''))[0]?.status === 503)
  const token = (await home.susan('issue_token', { username: 'susan', label: 'large' })).body
  t.match(repliesIn(await large([`Authorization: Bearer ${token.slice(0, -1)}`], '')), [{ status: 503 }])
  t.match(repliesIn(await large([`Authorization: Bearer ${token}`], '')), [{ status: 200 }])
})

t.test('a header login for a server in front does not count, if a large body has a login', async t => {
  const home = await house(t)
  const from = '127.0.0.16'
  const body = `${LOGIN}&x=${'x'.repeat(MIB)}`
  for (let times = 12; times > 0; times--) {
    const bytes = postBytes('/api/list_queues', body, [
      'Connection: close',
      'Authorization: Basic c3VzYW46eA==',
    ])
    t.match(repliesIn(await exchange(home.daemon.httpPort, bytes, { from })), [{ status: 200 }])
  }
  t.same(failedLogins(home.log, from), [])
  const token = (await home.susan('issue_token', { username: 'susan', label: 'large' })).body
  for (const size of [1, MIB]) {
    const headers = ['Connection: close', `Authorization: Bearer ${token}`]
    const other = postBytes('/api/list_queues', `user=fred&x=${'x'.repeat(size)}`, headers)
    t.match(repliesIn(await exchange(home.daemon.httpPort, other)), [{ status: 403 }], 'large or not')
  }
})

t.test('the sum of many bodies of middle size is limited', async t => {
  const home = await house(t)
  const head = `POST /api/hold_ticket HTTP/1.1\r\nHost: x\r\nContent-Length: ${MIB}\r\n\r\nuser=`
  const sockets = Array.from({ length: 40 }, () =>
    connect({ port: home.daemon.httpPort, host: '127.0.0.1', localAddress: '127.0.0.7' }).on(
      'error',
      () => {},
    ),
  )
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  let refused = 0
  for (const socket of sockets) {
    socket.setEncoding('latin1').on('data', text => {
      if (String(text).startsWith('HTTP/1.1 503')) refused++
    })
    socket.write(head.padEnd(MIB, 'x'))
  }
  await until('those that are too many', () => refused >= 8)
  t.ok(await isFine(home), 'others are served')
})

t.test('a client that sends endless requests on one connection is cut off', async t => {
  const home = await house(t)
  const { httpPort } = home.daemon
  // The password check of the first takes longer than the arrival of all the others.
  const requests = [
    postBytes('/api/list_queues', 'user=fred&password=wrong'),
    ...Array(5000).fill('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
  ]
  t.equal(await exchange(httpPort, requests.join('')), '')
  t.ok(await isFine(home))
  const few = `${requests.slice(0, 50).join('')}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
  t.equal(repliesIn(await exchange(httpPort, few)).length, 51)
})
