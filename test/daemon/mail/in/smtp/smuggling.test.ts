import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { house, SUPPORT } from '../../../../house.ts'
import { kept } from '../../kept.ts'

/** What other servers have taken for the end of a mail. */
const ENDINGS = [
  '\n.\n',
  '\n.\r\n',
  '\n.\r',
  '\r.\r',
  '\r.\n',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n.\n',
  '\n\r.\r\n',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\r\n',
  '\r\n. \r\n',
] as const
const END = '\r\n.\r\n'
type Chunks = (data: string, ending: string) => string[]
const chunkings: Readonly<Record<string, Chunks>> = {
  whole: data => [data],
  'byte by byte': data => [...data],
  'cut in the ending': (data, ending) => {
    const at = data.indexOf(ending)
    return [data.slice(0, at), ...ending, data.slice(at + ending.length)]
  },
}
/** A local address has twenty connections. */
const EACH = 15

interface Attack {
  readonly name: string
  /** The mail without its final dot; its subject is the name. */
  readonly data: string
  readonly ending: string
  readonly chunks: Chunks
  readonly isPipelined: boolean
}

function dataFor(name: string, ending: string): string {
  const smuggled = `MAIL FROM:<eve@evil.example>\r\nRCPT TO:<${SUPPORT}>\r\nDATA\r\nFrom: eve@evil.example\r\nSubject: smuggled\r\n\r\nx`
  return `From: ann@customer.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@customer.example>\r\n\r\nText.${ending}${smuggled}`
}

/** With HELPDESKD_TORTURE=1 each is both pipelined and not. */
const attacks: readonly Attack[] = ENDINGS.flatMap((ending, number) =>
  Object.entries(chunkings).flatMap(([chunking, chunks]) =>
    (process.env.HELPDESKD_TORTURE ? [true, false] : [number % 2 === 0]).map(isPipelined => {
      const name = `${number}.${chunking.replaceAll(' ', '.')}.${isPipelined}`
      return { name, data: dataFor(name, ending), ending, chunks, isPipelined }
    }),
  ),
)

/** Sends a mail and QUIT in the given chunks; gives all replies. */
async function replies(port: number, at: number, attack: Attack): Promise<string> {
  const localAddress = `127.0.2.${1 + Math.floor(at / EACH)}`
  const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true })
  const said = text(socket)
  const lines = ['EHLO c', 'MAIL FROM:<ann@customer.example>', `RCPT TO:<${SUPPORT}>`, 'DATA']
  if (attack.isPipelined) socket.write(`${lines.join('\r\n')}\r\n`)
  else
    for (const line of lines) {
      await once(socket, 'data')
      socket.write(`${line}\r\n`)
    }
  if (!attack.isPipelined) await once(socket, 'data')
  for (const chunk of attack.chunks(`${attack.data}${END}QUIT\r\n`, attack.ending)) {
    socket.write(chunk)
    // The server reads before the next chunk comes.
    await turn()
    await turn()
  }
  return said
}

t.test('only CRLF . CRLF ends a mail, however it arrives', async t => {
  const { daemon, config } = await house(t)
  const all = await Promise.all(attacks.map((attack, at) => replies(daemon.smtpPort, at, attack)))
  const codes = /^220 .*\r\n(?:250-.*\r\n)+250 .*\r\n(?:250 .*\r\n){2}354 .*\r\n250 .*\r\n221 .*\r\n$/
  for (const [at, { name }] of attacks.entries()) t.match(all[at], codes, name)
  const mails = await kept(config.state_dir, 'mails')
  t.same(mails.map(({ subject }) => subject).sort(), attacks.map(({ name }) => name).sort(), 'no other mail')
  for (const { name, data } of attacks) {
    const raw = mails.find(({ subject }) => subject === name)!.raw!
    const file = readFileSync(join(config.state_dir, 'files', raw.slice(0, 2), raw), 'latin1')
    t.equal(file, `${data}\r\n`, `${name} is kept whole`)
  }
})

t.test('a dot at the beginning of the data ends it only with CRLF', async t => {
  const { daemon, config } = await house(t)
  const beginnings = ['.\n', '.\r', '.\r\r\n', '.\0\r\n', '\n.\r\n', '\r.\r\n', '..\r\n', '. \r\n']
  const sent = beginnings.flatMap((ending, number) =>
    Object.values(chunkings).map((chunks, of) => {
      const name = `${number}.${of}`
      const data = dataFor(name, '\r\n')
      return { name, data: `${ending}${data}`, ending, chunks, isPipelined: of === 0 }
    }),
  )
  const all = await Promise.all(sent.map((attack, at) => replies(daemon.smtpPort, at, attack)))
  for (const [at, { name }] of sent.entries()) t.match(all[at], /\r\n354 .*\r\n250 .*\r\n221 .*\r\n$/, name)
  t.equal((await kept(config.state_dir, 'mails')).length, sent.length)
})
