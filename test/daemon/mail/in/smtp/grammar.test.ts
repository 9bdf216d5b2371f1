// One thing: a client that sends lines made of pieces of the SMTP grammar, and counts the replies.
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { HELPDESK, house, SUPPORT } from '../../../../house.ts'
import { runs } from '../../../../runs.ts'
import { kept } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'

const LINES = 16
const SESSIONS = 16
/** So many times LINES × SESSIONS lines are sent, except those behind the end of a session: ten thousand with HELPDESKD_TORTURE=1. */
const ROUNDS = runs(52, 8)
const MAIL = 'From: Erin <erin@example.net>\r\nSubject: Hello\r\n\r\nText.\r\n'

const VERBS = [
  'EHLO',
  'HELO',
  'LHLO',
  'MAIL FROM:',
  'mail from:',
  'MAIL FROM',
  'MAIL',
  'RCPT TO:',
  'Rcpt To: ',
  'RCPT TO',
  'DATA',
  'DATA x',
  'BDAT',
  'RSET',
  'NOOP',
  'VRFY',
  'EXPN',
  'HELP',
  'QUIT',
  'STARTTLS',
  'STARTTLS x',
  'AUTH',
  'AUTH PLAIN',
  'AUTH LOGIN',
  'AUTH CRAM-MD5',
  'AUTH XOAUTH2',
  '*',
  '.',
  'XCLIENT',
  'XFORWARD',
  'ETRN',
  'TURN',
  'SEND FROM:',
  'WIZ',
  'SHELL',
  'KILL',
  'GET / HTTP/1.1',
  'POST /api/ HTTP/1.0',
  'Subject:',
  'hasOwnProperty',
  '__proto__',
  'constructor',
  '',
]
const PATHS = [
  '<ann@customer.example>',
  'ann@customer.example',
  '<>',
  '<',
  '>',
  '<<>>',
  '<ann>',
  'ann',
  '<ann@>',
  '<@b>',
  '<ilo.@customer.example>',
  '<a..b@customer.example>',
  '<"a b"@customer.example>',
  '<"a@b"@customer.example>',
  '<"\\""@customer.example>',
  '<@relay.example:ann@customer.example>',
  '<ann@[192.0.2.1]>',
  '<ann@[IPv6:::1]>',
  '<ann@b\u00fccher.example>',
  '<\u00e4nn@customer.example>',
  '<ann@xn--.example>',
  '<ann@xn--a-\u00e4>',
  `<${'a'.repeat(300)}@customer.example>`,
  `<ann@${'a.'.repeat(200)}example>`,
  '<nobody@helpdesk.example>',
  `<${HELPDESK}>`,
  `<${SUPPORT}>`,
  SUPPORT,
  '<postmaster>',
  'postmaster',
  `<${SUPPORT.toUpperCase()}>`,
  '<helpdesk+return.1.0123456789abcdef@helpdesk.example>',
  'customer.example',
  '[192.0.2.1]',
  'a b',
  '\t',
]
const PARAMETERS = [
  'SIZE=100',
  'SIZE=',
  'SIZE',
  'SIZE=-1',
  'SIZE=1e3',
  'SIZE=99999999999999999999999',
  'size=5 SIZE=6',
  'BODY=8BITMIME',
  'BODY=BINARYMIME',
  'BODY',
  'AUTH=<>',
  'AUTH=ann+40customer.example',
  'SMTPUTF8',
  'SMTPUTF8=1',
  'RET=FULL',
  'ENVID=a+0D+0Ab',
  'NOTIFY=NEVER',
  'ORCPT=rfc822;a',
  'REQUIRETLS',
  '__proto__=1',
  'FOO=bar',
  '=',
  '==',
  '=x',
  'AA==',
  'AGFubgB3cm9uZw',
  '\u0000',
  '\u0007',
  '\r',
]
const garbage = fc
  .uint8Array({ maxLength: 60 })
  .map(bytes => Buffer.from(bytes).toString('latin1').replaceAll('\n', ''))
const long = fc
  .constantFrom('x', ' ', '<', 'a@', ':', '=', 'A=1 ')
  .chain(piece => fc.constantFrom(200, 1000, 4000, 20_000).map(times => piece.repeat(times)))
const rest = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PATHS) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom(...PARAMETERS)).map(all => all.join(' ')),
  },
  { weight: 2, arbitrary: garbage },
  { weight: 1, arbitrary: fc.constantFrom(...PARAMETERS) },
  { weight: 1, arbitrary: long },
)
const blank = fc.constantFrom('', '', ' ', '  ', '\t')
const anyLine = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...VERBS), blank, rest).map(all => all.join('')) },
  { weight: 2, arbitrary: fc.constantFrom(...VERBS) },
  { weight: 1, arbitrary: rest },
)
/** The beginnings of a session in the right order, so that the lines behind them are not all out of order. */
const beginning = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .integer({ min: 0, max: 4 })
      .map(count =>
        ['EHLO customer.example', 'MAIL FROM:<ann@customer.example>', `RCPT TO:<${SUPPORT}>`, 'DATA'].slice(
          0,
          count,
        ),
      ),
  },
  // Each check of a password takes a tenth of a second.
  { weight: 1, arbitrary: fc.constant(['EHLO customer.example', 'AUTH LOGIN']) },
)

interface Talk {
  readonly lines: readonly string[]
  /** Sends all lines at once; otherwise each after the reply to the one before. */
  readonly isPipelined: boolean
}
const talk: fc.Arbitrary<Talk> = fc.record({
  lines: fc
    .tuple(beginning, fc.array(anyLine, { minLength: LINES, maxLength: LINES }))
    .map(([first, more]) => [...first, ...more].slice(0, LINES).map(line => (line === '.' ? '. ' : line))),
  isPipelined: fc.boolean(),
})

/** The replies on a connection. */
class Replies {
  readonly #lines: string[] = []
  #text = ''
  #isClosed = false
  #tell = (): void => {}

  constructor(socket: Socket) {
    socket.on('data', bytes => {
      const lines = (this.#text + bytes.toString('latin1')).split('\r\n')
      this.#text = lines.pop()!
      this.#lines.push(...lines)
      this.#tell()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      this.#tell()
    })
  }

  /** The next reply; undefined if the connection ends instead. Throws for one that is not well-formed. */
  async next(): Promise<string | undefined> {
    const reply: string[] = []
    for (;;) {
      const line = await this.#line()
      if (line === undefined && reply.length === 0 && this.#text === '') return undefined
      reply.push(line ?? this.#text)
      if (!isWell(reply)) throw new Error(`not a reply: ${JSON.stringify(reply)}`)
      if (line![3] === ' ') return reply.join('\n')
    }
  }

  async #line(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isClosed)
      await new Promise<void>(resolve => {
        this.#tell = resolve
      })
    return this.#lines.shift()
  }
}

/** Whether a reply has the same code in each line, no control characters, and an enhanced code of the same class, if any (RFC 2034). */
function isWell(reply: readonly string[]): boolean {
  const code = reply[0]!.slice(0, 3)
  return reply.every(line => {
    const [, found, enhanced = code[0]] =
      /^([2-5][0-5]\d)[ -](?:(\d)\.\d{1,3}\.\d{1,3} )?[\x20-\x7e]*$/.exec(line) ?? []
    return found === code && enhanced === code[0]
  })
}

/** Sends the lines of a talk. Gives how many were answered or taken as data; throws if one has no reply, or the end has one too many. */
async function hold(port: number, { lines, isPipelined }: Talk): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const replies = new Replies(socket)
  const write = (...all: string[]) => socket.write(all.map(line => `${line}\r\n`).join(''), 'latin1')
  const hungUp = async () => {
    const more = await replies.next()
    if (more !== undefined) throw new Error(`after the end: ${more}`)
  }
  try {
    await replies.next()
    if (isPipelined) write(...lines)
    let isData = false
    for (const [at, line] of lines.entries()) {
      if (!isPipelined) write(line)
      if (isData) continue
      const reply = await replies.next()
      if (reply === undefined) throw new Error(`no reply to ${JSON.stringify(line)}`)
      isData = reply.startsWith('354')
      if (/^[24]21/.test(reply)) {
        await hungUp()
        return at + 1
      }
    }
    // Nothing ends the mail, so it must not get in. A reply before the dot would be one too many.
    if (isData) {
      socket.end()
      const reply = await replies.next()
      if (reply !== undefined && !reply.startsWith('421')) throw new Error(`a reply to data: ${reply}`)
      return lines.length
    }
    // In the middle of AUTH, the first one is an answer.
    for (let reply: string | undefined = ''; !/^[24]21/.test(reply); ) {
      write('QUIT')
      reply = await replies.next()
      if (reply === undefined) throw new Error('no reply to QUIT')
    }
    await hungUp()
    return lines.length
  } finally {
    socket.destroy()
  }
}

t.test('each of many lines has one reply, or ends the session, and nothing gets in', async t => {
  const { daemon, config, log } = await house(t)
  let lines = 0
  const talks = fc.array(talk, { minLength: SESSIONS, maxLength: SESSIONS })
  const isAnswered = async (all: readonly Talk[]) => {
    for (const answered of await Promise.all(all.map(one => hold(daemon.smtpPort, one)))) lines += answered
  }
  const began = performance.now()
  await fc.assert(fc.asyncProperty(talks, isAnswered), ROUNDS)
  t.ok(
    lines > ROUNDS.numRuns * LINES * SESSIONS * 0.6,
    `${lines} lines in ${Math.round(performance.now() - began)} ms`,
  )
  t.same(await kept(config.state_dir, 'mails'), [])
  t.same(await kept(config.state_dir, 'tickets'), [])
  t.notOk(
    log.some(line => line.includes('"failed"')),
    'nothing unexpected was thrown',
  )
  t.match(await sendRaw(daemon.smtpPort, { raw: MAIL, to: SUPPORT }), /^250 /)
})
