import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MIB } from '../../../../data/sizes.ts'
import type { Followup, Table } from '../../../../data/tables.ts'
import { LONGEST_KEPT } from '../../../../handlers/params/kept_text.ts'
import { type House, house, SUPPORT, SUSAN } from '../../../house.ts'
import { kept } from '../kept.ts'
import { handOver, plain, rawMailer, sendRaw, wire } from '../wire.ts'

const ERIN = 'erin@example.net'
const LINE = 'Words of a line, é \u2028 😀 "\\.'

/** A mail with `lines` lines of text and these header fields. */
function mailOf(fields: Readonly<Record<string, string>>, lines: number, end = 'The end.'): Buffer {
  const all = { From: ERIN, To: SUPPORT, Date: 'Tue, 24 Nov 2026 10:00:00 +0000', ...fields }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from([...head, '', ...Array(lines).fill(LINE), end, ''].join('\r\n'))
}
const UTF8 = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': '8bit' }

async function last<T extends Table>({ config }: House, table: T) {
  return (await kept(config.state_dir, table)).at(-1)!
}
function fileOf({ config }: House, name: string): Buffer {
  return readFileSync(join(config.state_dir, 'files', name.slice(0, 2), name))
}
function wholeOf(built: House, { comment, comment_file }: Followup): string {
  return comment_file === undefined ? comment : fileOf(built, comment_file).toString()
}

t.test('a large mail is kept completely, with its text and its attachments', async t => {
  const built = await house(t)
  const hand = await rawMailer(t, built.daemon.smtpPort)
  const text = `${`${LINE}\n`.repeat(32_000)}The end.`
  for (const [what, lines] of [
    ['of a megabyte', 32_000],
    ['that fits in memory', 3000],
    ['that fits in a record', 1000],
  ] as const) {
    const raw = mailOf({ ...UTF8, Subject: what, 'Message-ID': `<${lines}@example.net>` }, lines)
    t.match(await hand({ raw, to: SUPPORT, from: ERIN }), /^250 /, what)
    const followup = await last(built, 'followups')
    t.equal(wholeOf(built, followup), `${`${LINE}\n`.repeat(lines)}The end.`, what)
    t.ok(text.startsWith(followup.comment) || followup.comment.endsWith('The end.'), what)
    t.ok(Buffer.byteLength(followup.comment) <= LONGEST_KEPT)
    t.ok(fileOf(built, (await last(built, 'mails')).raw!).equals(raw), `${what}, as it came`)
    t.match(await hand({ raw, to: SUPPORT, from: ERIN }), /^250 /)
  }
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 3, 'a repeated mail is recognized')

  const content = Buffer.alloc(1.2 * MIB, 'bytes ')
  const attachments = [
    { filename: 'large.bin', content },
    { filename: 'small.bin', content: 'small' },
    { filename: 'other.bin', content: content.subarray(1) },
  ]
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Files', text, attachments })
  const followup = await last(built, 'followups')
  t.equal(wholeOf(built, followup), text)
  t.same(
    followup.attachments.map(({ filename, size }) => [filename, size]),
    [
      ['large.bin', content.length],
      ['small.bin', 5],
      ['other.bin', content.length - 1],
    ],
  )
  t.ok(
    followup.attachments.every(({ file }, at) =>
      fileOf(built, file).equals(Buffer.from(attachments[at]!.content)),
    ),
  )
})

t.test('a subject that is too long for a title is also put before a long text', async t => {
  const built = await house(t)
  const subject = `${'x'.repeat(250)} end`
  const raw = mailOf({ ...UTF8, Subject: subject }, 4000)
  await sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, from: ERIN })
  t.equal((await last(built, 'tickets')).title, 'x'.repeat(200))
  const followup = await last(built, 'followups')
  const whole = `Subject: ${subject}\n\n${`${LINE}\n`.repeat(4000)}The end.`
  t.equal(wholeOf(built, followup), whole)
  t.ok(whole.startsWith(followup.comment))
})

t.test('the record of a mail stays small for any header', async t => {
  const built = await house(t)
  const subject = Buffer.from(`\u0000${'😀'.repeat(2000)}`).toString('base64')
  const half = Buffer.from([0xd8, 0x00, 0x00, 0x61]).toString('base64')
  const raw = mailOf({ Subject: `=?utf-8?B?${subject}?= =?utf-16be?B?${half}?=` }, 1)
  const send = (local: string) =>
    sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, from: `${local}@example.net` })
  t.match(await send('x'.repeat(5000)), /^501 /)
  t.match(await send('x'.repeat(200)), /^250 /)
  const mail = await last(built, 'mails')
  t.equal(mail.subject, '😀'.repeat(250))
  const tickets = await last(built, 'tickets')
  t.equal(tickets.title, '😀'.repeat(200))
  t.match((await last(built, 'followups')).comment, /^Subject: (?:😀){2000}.{1,9}\n\nWords/u)
  for (const table of ['mails', 'tickets', 'followups', 'letters'] as const)
    t.notMatch(JSON.stringify(await kept(built.config.state_dir, table)), /\\u0000|\\ud800/, table)
})

t.test('a long text is the message of a mailed command', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'x' })
  const raw = mailOf(
    { ...UTF8, From: SUSAN.address, Subject: 'resolve 1', 'Message-ID': '<1@example.org>' },
    4000,
  )
  t.match(await sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, login: SUSAN }), /^250 /)
  const { status, resolution, resolution_file } = await last(built, 'tickets')
  t.equal(status, 3)
  t.equal(fileOf(built, resolution_file!).toString(), `${`${LINE}\n`.repeat(4000)}The end.`)
  t.equal(resolution, (await last(built, 'followups')).comment)
})

t.test('a refused mail is read to its end, and the next one is accepted', async t => {
  const built = await house(t, `smtp.max_size = ${2 * MIB}\nlimits.files = ${MIB}\nmail.keep_raw_days = 0`)
  const client = await wire(built.daemon.smtpPort)
  t.teardown(() => client.close())
  await client.say('EHLO client.example')
  const hand = (fields: Record<string, string>, lines: number) =>
    handOver(client, { raw: mailOf({ ...UTF8, ...fields }, lines), to: SUPPORT, from: ERIN })
  t.match(
    await hand({ Subject: 'Too large' }, 70_000),
    /^552 5\.3\.4 This mail is too large; the limit is 2097152 bytes/,
  )
  t.match(await hand({ Subject: 'Good', 'Message-ID': '<1@x.example>' }, 30_000), /^250 /)
  t.match(await hand({ Subject: 'Good', 'Message-ID': '<2@x.example>' }, 30_000), /^250 /)
  await client.say(`AUTH PLAIN ${plain(SUSAN.username, SUSAN.password)}`)
  t.match(
    await hand({ Subject: 'Full', 'Message-ID': '<3@x.example>' }, 40_000),
    /^452 4\.3\.1 There is no room for the file/,
    'nothing is left out of the mail of a user',
  )
  t.match(await hand({ Subject: 'Small' }, 1), /^250 /)
  t.same(
    (await kept(built.config.state_dir, 'tickets')).map(({ title }) => title),
    ['Good', 'Good', 'Small'],
  )
  const followups = await kept(built.config.state_dir, 'followups')
  t.ok(followups.every(({ comment_file }) => comment_file === undefined))
  t.match(
    followups[0]!.comment,
    /^There is not enough space for all of this mail\. Not kept: the end of its text\.\n\nWords/,
  )
  const files = readdirSync(join(built.config.state_dir, 'files'), { recursive: true, withFileTypes: true })
  t.same(
    files.filter(entry => entry.isFile()),
    [],
    'no file is left of the parts that were not kept',
  )
})

t.test('a mail with too many attachments gives a hundred, one of which is the mail itself', async t => {
  const built = await house(t)
  const attachments = Array.from({ length: 130 }, (_, at) => ({
    filename: `${at}.txt`,
    content: `file ${at}`,
  }))
  const mail = { from: ERIN, to: SUPPORT, text: 'Here.', messageId: '<1@example.net>' }
  await built.mail({ ...mail, subject: 'Files', attachments })
  const followup = await last(built, 'followups')
  t.match(
    followup.comment,
    /^This mail has more attachments than a follow-up can hold\. Left out: "99\.txt", "100\.txt", .*"108\.txt" and 21 more\. They are in mail\.eml\.\n\nHere\.$/,
  )
  t.equal(followup.attachments.length, 100)
  t.same(
    followup.attachments.slice(0, 2).map(({ filename }) => filename),
    ['0.txt', '1.txt'],
  )
  const whole = followup.attachments.at(-1)!
  t.match(whole, { filename: 'mail.eml', mime_type: 'message/rfc822' })
  t.match(fileOf(built, whole.file).toString(), /filename=129\.txt/)

  await built.mail({
    ...mail,
    subject: 'A hundred',
    attachments: attachments.slice(0, 100),
    messageId: '<2@x.example>',
  })
  t.match(await last(built, 'followups'), { comment: 'Here.', attachments: { length: 100 } })

  const secret = 'set_password username=susan new_password=canary'
  await built.mail({ ...mail, subject: secret, attachments, messageId: '<3@x.example>' })
  const { comment, attachments: kept } = await last(built, 'followups')
  t.match(comment, /and 21 more\. They are not kept because the mail contains a password\.\n\nHere\.$/)
  t.equal(kept.length, 99)
})
