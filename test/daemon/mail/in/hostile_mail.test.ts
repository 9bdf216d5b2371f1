import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { Parser } from '../../../../daemon/mail/in/parser/parser.ts'
import type { Parsed } from '../../../../daemon/mail/in/parser/parser_protocol.ts'
import { PARSER_WAITS } from '../../../../daemon/mail/in/parser/parser_waits.ts'
import { MINUTE } from '../../../../data/durations.ts'
import { KIB } from '../../../../data/sizes.ts'
import { house, quietEvents, SUPPORT } from '../../../house.ts'
import { isFast } from '../../../pace.ts'
import { sendRaw } from '../wire.ts'

/** Generous, since other work runs on the machine: it takes less than half a second, and quadratic code took half a minute and more. */
const PATIENCE_MILLISECONDS = 15_000

/** A parser that has the time to show that it is slow. */
function patientParser(t: Test): Parser {
  const program = fileURLToPath(
    new URL('../../../../daemon/mail/in/parser/parser_program.js', import.meta.url),
  )
  const parser = new Parser(quietEvents(), program, { ...PARSER_WAITS, longest: MINUTE })
  t.teardown(() => parser.close())
  return parser
}
const HTML = 'Content-Type: text/html; charset=utf-8'

/** html-to-text takes quadratic time for the cells of a table row. */
function slowMail(size: number, subject: string): string {
  return `From: eve@evil.example\r\nSubject: ${subject}\r\n${HTML}\r\n\r\n<table>${'<td>x'.repeat(size / 5)}\r\n`
}
const names = ({ attachments }: Parsed) => attachments.map(({ filename }) => filename)
const LINE =
  /^\(The HTML of this mail is too long or too deeply nested to be shown as text\. It is attached as mail\.html\.\)/

t.test(
  'up to 256 KiB of HTML is converted to text; longer HTML becomes an attachment and a line',
  async t => {
    const parser = patientParser(t)
    const parse = (raw: string) => parser.parse(Buffer.from(raw), 'a', async parsed => parsed)
    const head = 'From: a@b.example\r\nSubject: x\r\n'
    const words = (size: number) => '<p>words</p>'.repeat(size / 12)
    const part = (type: string, body: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`
    const parts = (kind: string, ...all: string[]) =>
      `${head}Content-Type: multipart/${kind}; boundary=b\r\n\r\n${all.join('')}--b--\r\n`
    const file = part('application/x-a; name=a.bin', 'x'.repeat(300 * KIB))
    const long = part('text/html', words(300 * KIB))
    const short = part('text/html', words(100 * KIB))
    const text = part('text/plain', 'Plain words.')

    const whole = await parse(parts('mixed', text, short, file))
    t.same(names(whole!), ['a.bin'], 'short HTML in a long mail')
    t.match(whole!.text, /^Plain words\.\n*words/)
    for (const [what, mail] of Object.entries({
      alone: `${head}${HTML}\r\n\r\n${words(300 * KIB)}`,
      'beside text': parts('mixed', text, long),
      'in all': parts('mixed', text, short, short, short),
      'too deep': `${head}${HTML}\r\n\r\n${'<b>'.repeat(2000)}x`,
      'a million images': `${head}${HTML}\r\n\r\n${'<img src=cid:a>'.repeat(70_000)}`,
    })) {
      const check = async () => {
        const parsed = await parse(mail)
        t.same(names(parsed!), ['mail.html'], what)
        t.match(parsed!.text, LINE, what)
        if (what === 'beside text') t.match(parsed!.text, /\n\nPlain words\.$/)
      }
      t.ok(await isFast(PATIENCE_MILLISECONDS, check), `${what}, in time`)
    }
    const other = await parse(parts('alternative', text, long))
    t.match(
      other,
      { text: 'Plain words.', attachments: { length: 0 } },
      'HTML with a text alternative is not converted',
    )
  },
)

t.test('a header with too much of anything is parsed in time, or the mail is attached', async t => {
  const parser = patientParser(t)
  const fields = {
    To: 'a;'.repeat(450_000),
    Cc: 'g:a@b;'.repeat(40_000),
    References: '<a@b.example> '.repeat(100_000),
    Subject: '=?utf-8?Q?a?= =?iso-2022-jp?B?GyRC?= '.repeat(7000),
    'Content-Type': `text/plain; ${Array.from({ length: 15_000 }, (_, at) => `name*${at}*=%61`).join('; ')}`,
    'Content-Disposition': `attachment; filename="${'.'.repeat(150_000)}x"`,
  }
  for (const [name, value] of Object.entries(fields)) {
    const raw = Buffer.from(`${name}: ${value}\r\n\r\nx`)
    const isLong = value.length > 256 * KIB
    const check = async () =>
      t.equal((await parser.parse(raw, 'a', async parsed => parsed)) === null, isLong, name)
    t.ok(await isFast(PATIENCE_MILLISECONDS, check), `${name}, in time`)
  }
})

t.test('mail of other senders is answered while one sender sends slow mail', async t => {
  const built = await house(t)
  const send = (raw: string, from: string) => sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, from })
  const honest = (subject: string) => `From: erin@example.net\r\nSubject: ${subject}\r\n\r\nHelp.\r\n`
  await Promise.all(['1', '2'].map(number => send(honest(number), 'erin@example.net')))
  let left = 4
  const slow = Array.from({ length: 4 }, async (_, at) => {
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
