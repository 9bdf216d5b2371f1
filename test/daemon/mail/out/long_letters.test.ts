import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import type { SendMailOptions } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { wholeText } from '../../../../daemon/mail/out/attached.ts'
import { openSmarthost } from '../../../../daemon/mail/out/smarthost.ts'
import type { Files } from '../../../../data/store.ts'
import { LONGEST_KEPT } from '../../../../handlers/params/kept_text.ts'
import { followup } from '../../../data/records.ts'
import { directoryFor, eventsTo, type House, house, quietEvents, until } from '../../../house.ts'
import { smtpServer } from '../smtp_script.ts'

const ERIN = 'erin@example.net'
const LINE = 'Words of a line, é \u2028 😀 "\\.'
const WHOLE_LINE = '(This is only the beginning. The whole text is attached as message.txt.)'
const UNREADABLE = '(The rest of this text is gone.)'
const lines = (count: number) => `${`${LINE}\n`.repeat(count)}The end.`

async function opened(built: House): Promise<void> {
  await built.susan('create_ticket', { queue: '1', title: 'x', submitter_email: ERIN })
}

/** The text of a letter about a long text, and the attached text. */
async function readable(letter: string | Buffer): Promise<{ text: string; whole: string | undefined }> {
  const { text = '', attachments } = await simpleParser(letter)
  t.match(
    attachments.map(({ filename, contentType }) => [filename, contentType]),
    attachments.length ? [['message.txt', 'text/plain']] : [],
  )
  return { text, whole: attachments[0]?.content.toString() }
}

function isQuote(t: Test, text: string, whole: string): void {
  const [before = '', after = ''] = text.split(WHOLE_LINE)
  const quote = before.slice(before.indexOf(LINE)).trimEnd()
  t.ok(whole.startsWith(quote) && quote.endsWith(LINE), 'it quotes whole lines of the beginning')
  t.ok(Buffer.byteLength(quote) <= 16 * 1024 && Buffer.byteLength(quote) > 15 * 1024)
  t.match(after, /To answer, just reply|Your reply is private/, 'and continues as usual')
}

t.test('a letter quotes the beginning of a long text, and has all of it attached', async t => {
  const built = await house(t)
  await opened(built)
  for (const [at, count] of [50, 1000, 5000].entries()) {
    const message = lines(count)
    await built.susan('add_followup', { ticket: '1', message, public: 'y' })
    const { text, whole } = await readable((await built.letters(at + 2)).at(-1)!)
    if (count === 50) {
      t.ok(text.includes(message) && whole === undefined, 'a short text is quoted completely')
      continue
    }
    t.equal(whole, message, `${count} lines`)
    isQuote(t, text, message)
  }
  await built.susan('resolve', { ticket: '1', resolution: lines(6000) })
  const { text, whole } = await readable((await built.letters(5)).at(-1)!)
  t.match(text, /^susan has resolved your request:/)
  t.equal(whole, lines(6000))
  t.same(
    readdirSync(join(built.directory, 'sent')).filter(name => !/^\d+\.eml$/.test(name)),
    [],
  )
})

t.test('it does so over SMTP, too, and again after a deferred attempt', async t => {
  const mails: Buffer[] = []
  let refusals = 1
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: async (stream, _, done) => {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      mails.push(Buffer.concat(chunks))
      done()
    },
    onRcptTo: (_, __, done) =>
      refusals-- > 0 ? done(Object.assign(new Error('later'), { responseCode: 450 })) : done(),
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const built = await house(t, `smarthost.url = "smtp://127.0.0.1:${port}"`)
  await built.susan('create_ticket', { queue: '1', title: 'x' })
  await built.susan('change_queue', { queue: '1', updated_ticket_cc: 'a@example.org,b@example.org' })
  await built.susan('add_followup', { ticket: '1', message: lines(4000) })
  await until('the other letter', () => mails.length === 1 || undefined)
  const { text, whole } = await readable(mails[0]!)
  t.equal(whole, lines(4000))
  isQuote(t, text, lines(4000))
  await until('the refusal', () => built.log.some(line => line.includes('letter_deferred')) || undefined)
})

/** Files with one file of these pieces; it counts how often that is opened and closed. */
function watched(...pieces: (string | Error)[]) {
  const seen = { opened: 0, closed: 0 }
  const stream = async () => {
    seen.opened++
    async function* read() {
      for (const piece of pieces) {
        if (piece instanceof Error) throw piece
        yield Buffer.from(piece)
      }
    }
    return Readable.from(read()).once('close', () => seen.closed++)
  }
  return { files: { stream } as unknown as Files, seen }
}

function letterWith(files: Files, events = quietEvents()): SendMailOptions {
  return {
    envelope: { from: 'helpdesk@helpdesk.example', to: [ERIN] },
    from: 'helpdesk@helpdesk.example',
    to: [{ name: '', address: ERIN }],
    subject: 'Hello',
    text: 'World',
    newline: 'windows',
    attachments: [
      wholeText(
        files,
        { id: 1, ...followup({ comment: 'x', comment_file: 'f'.repeat(64) }) },
        UNREADABLE,
        events,
      ),
    ],
  }
}

t.test('a failed attempt leaves no file open', async t => {
  const { files, seen } = watched(...Array(10).fill('x'.repeat(LONGEST_KEPT)))
  const free = createServer()
  await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve))
  const { port: nobody } = free.address() as AddressInfo
  await new Promise(resolve => free.close(resolve))
  const down = openSmarthost(`smtp://127.0.0.1:${nobody}`, 'helpdesk.example')
  t.match(await down.send(1, letterWith(files)), { state: 'down' })
  t.same(seen, { opened: 0, closed: 0 }, 'no file is opened if the connection is refused')
  for (const script of [{ RCPT: '550 no' }, { DATA: '451 later' }, { MAIL: 'drop' }, { dot: '554 spam' }]) {
    const { port } = await smtpServer(t, script)
    const smarthost = openSmarthost(`smtp://127.0.0.1:${port}`, 'helpdesk.example')
    t.not((await smarthost.send(1, letterWith(files))).state, 'sent')
    await until('it to be closed', () => seen.closed === seen.opened || undefined)
    smarthost.close()
  }
  const written = openSmarthost(`file:${directoryFor(t)}/sent`, 'helpdesk.example')
  t.match(await written.send(1, letterWith(files)), { state: 'sent' })
  t.equal(seen.closed, seen.opened)
})

t.test('a letter is sent even if its text cannot be read completely', async t => {
  const log: string[] = []
  const events = eventsTo(log)
  const directory = directoryFor(t)
  const smarthost = openSmarthost(`file:${directory}`, 'helpdesk.example')
  const { port, mails } = await smtpServer(t, {})
  const overSmtp = openSmarthost(`smtp://127.0.0.1:${port}`, 'helpdesk.example')
  t.teardown(() => overSmtp.close())
  const gone = { stream: async () => undefined } as unknown as Files
  const broken = watched('The beginning.', new Error('EIO')).files
  const cannotOpen = { stream: () => Promise.reject(new Error('EACCES')) } as unknown as Files
  for (const [files, expected] of [
    [gone, `\n${UNREADABLE}\n`],
    [broken, `The beginning.\n${UNREADABLE}\n`],
    [cannotOpen, `\n${UNREADABLE}\n`],
  ] as const) {
    t.match(await smarthost.send(1, letterWith(files, events)), { state: 'sent' })
    t.match(await overSmtp.send(1, letterWith(files, events)), { state: 'sent' })
    t.equal((await readable(mails.at(-1)!)).whole, expected)
  }
  t.equal(log.filter(line => line.includes('outbox_stuck')).length, 4, 'and it is logged')
})

t.test('a letter that breaks off does not count as written', async t => {
  const directory = directoryFor(t)
  const smarthost = openSmarthost(`file:${directory}`, 'helpdesk.example')
  async function* content() {
    yield Buffer.from('x'.repeat(300_000))
    throw new Error('broken')
  }
  const letter = {
    ...letterWith(watched().files),
    attachments: [{ filename: 'a', content: Readable.from(content()) }],
  }
  t.match(await smarthost.send(1, letter), { state: 'down', reply: 'broken' })
  t.same(readdirSync(directory), [])
})
