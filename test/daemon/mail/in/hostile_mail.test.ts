import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { Parser } from '../../../../daemon/mail/in/parser/parser.ts'
import type { Parsed } from '../../../../daemon/mail/in/parser/parser_protocol.ts'
import { PARSER_WAITS } from '../../../../daemon/mail/in/parser/parser_waits.ts'
import { MINUTE } from '../../../../data/durations.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { eventsTo, house, quietEvents, SUPPORT } from '../../../house.ts'
import { isFast } from '../../../pace.ts'
import { sendRaw } from '../wire.ts'

/** Without it, mails have half as many elements, and a smaller size that shows the same growth. */
const TORTURE = process.env.HELPDESKD_TORTURE !== undefined
/** Generous, since other work runs on the machine: it takes less than half a second, and quadratic code took half a minute and more. */
const PATIENCE_MILLISECONDS = TORTURE ? 15_000 : 5000

/** A parser that has the time to show that it is slow. */
function patientParser(t: Test, events = quietEvents()): Parser {
  const program = fileURLToPath(
    new URL('../../../../daemon/mail/in/parser/parser_program.js', import.meta.url),
  )
  const parser = new Parser(events, program, { ...PARSER_WAITS, longest: MINUTE })
  t.teardown(() => parser.close())
  return parser
}
const HTML = 'Content-Type: text/html; charset=utf-8'
const TEXT = 'Content-Type: text/plain; charset=utf-8\r\n\r\n'

/** A mail that takes a while. */
function slowMail(size: number, subject: string): string {
  return `From: eve@evil.example\r\nSubject: ${subject}\r\n${HTML}\r\n\r\n<table>${'<td>x'.repeat(size / 5)}\r\n`
}

async function textOf({ text }: Parsed): Promise<string> {
  if (typeof text === 'string') return text
  const pieces: Uint8Array[] = []
  for await (const piece of text) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

t.test(
  'up to 2 MiB of HTML is converted to text; of more, the beginning and a line that says so',
  async t => {
    const parser = patientParser(t)
    const textIn = (raw: string) => parser.parse(Buffer.from(raw), 'a', textOf)
    const head = `From: a@b.example\r\nSubject: x\r\n${HTML}\r\n\r\n`
    // Long paragraphs, since each element takes its time.
    const paragraphs = `<p>words</p>\r\n<p>${'words '.repeat(1000)}</p>\r\n`
    const words = (size: number) => paragraphs.repeat(size / paragraphs.length)
    t.match(await textIn(head + words(2_000_000)), /^words\n\nwords/)
    t.match(
      await textIn(head + words(3_000_000)),
      /^\(Only the beginning of this long mail is shown here; the original has the rest\.\)\n\nwords/,
    )
  },
)

/** The size of the largest mail. */
const LARGE = (TORTURE ? 24 : 3) * MIB
const SHARE = TORTURE ? 1 : 0.5
const PART = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'
const hostile: Readonly<Record<string, string>> = {
  'quote marks': `${TEXT}${'>'.repeat(LARGE)}`,
  'quoted lines': `${TEXT}${'> \r\n'.repeat(LARGE / 4)}`,
  newlines: `${TEXT}${'\r\n'.repeat(LARGE / 2)}`,
  dashes: `${TEXT}${'-'.repeat(LARGE)}`,
  'lines of dashes': `${TEXT}${'--\r\n'.repeat(LARGE / 4)}`,
  tables: `${HTML}\r\n\r\n${'<table>'.repeat(LARGE / 7)}`,
  cells: `${HTML}\r\n\r\n<table><tr>${'<td>x'.repeat(400_000 * SHARE)}`,
  'deep HTML': `${HTML}\r\n\r\n${'<b>'.repeat(600_000 * SHARE)}x`,
  images: `${HTML}\r\n\r\n${'<img src=cid:a>'.repeat(130_000 * SHARE)}`,
  'HTML in base64': `${HTML}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.alloc(5 * MIB * SHARE, '<p>words</p>').toString('base64')}`,
  'many parts': `Content-Type: multipart/mixed; boundary=b\r\n\r\n${PART.repeat(1000)}`,
  'deep parts': Array.from(
    { length: 1000 },
    (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
  ).join(''),
  'openers of quotes': `${TEXT}${'On x wrote:\r\n'.repeat(LARGE / 13)}`,
  'uuencoded files': `${TEXT}${'begin 644 a\r\n'.repeat(LARGE / 13)}`,
  'undeclared bytes': `Subject: x\r\n\r\n${'\xe4\xf6 '.repeat(LARGE / 3)}`,
  To: `To: ${'a;'.repeat(450_000)}\r\n\r\nx`,
  Cc: `Cc: ${'g:a@b;'.repeat(40_000)}\r\n\r\nx`,
  From: `From: ${'"\\"<('.repeat(50_000)}\r\n\r\nx`,
  References: `References: ${'<a@b.example> '.repeat(100_000)}\r\n\r\nx`,
  Subject: `Subject: ${'=?utf-8?Q?a?= =?iso-2022-jp?B?GyRC?= '.repeat(7000)}\r\n\r\nx`,
  'parts of a name': `Content-Type: text/plain; ${Array.from({ length: 15_000 }, (_, at) => `name*${at}*=%61`).join('; ')}\r\n\r\nx`,
  'a name of dots': `Content-Disposition: attachment; filename="${'.'.repeat(150_000)}x"\r\n\r\nx`,
  fields: `${'a: b\r\n'.repeat(LARGE / 6)}\r\nx`,
}

t.test('a mail with too much of anything is read in time, and no process dies of it', async t => {
  const lines: string[] = []
  const parser = patientParser(t, eventsTo(lines))
  for (const [what, raw] of Object.entries(hostile)) {
    const bytes = Buffer.from(raw, 'latin1')
    const check = async () => t.type(await parser.parse(bytes, 'a', textOf), 'string', what)
    t.ok(await isFast(PATIENCE_MILLISECONDS, check), `${what}, in time`)
  }
  t.same(lines, [])
})

t.test('mail of other senders is answered while one sender sends slow mail', async t => {
  const built = await house(t)
  const send = (raw: string, from: string) => sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, from })
  const honest = (subject: string) => `From: erin@example.net\r\nSubject: ${subject}\r\n\r\nHelp.\r\n`
  await Promise.all(['1', '2'].map(number => send(honest(number), 'erin@example.net')))
  let left = 3
  const slow = Array.from({ length: left }, async (_, at) => {
    t.match(await send(slowMail(250 * KIB, `slow ${at}`), 'eve@evil.example'), /^250 /)
    left--
  })
  let answered = 0
  for (let at = 0; left > 1; at++) {
    await sleep(100)
    const before = left
    t.match(await send(honest(`honest ${at}`), 'erin@example.net'), /^250 /)
    answered++
    t.ok(before - left <= 2, 'it waits only for the mails that are being parsed')
  }
  await Promise.all(slow)
  t.ok(answered > 0)
})
