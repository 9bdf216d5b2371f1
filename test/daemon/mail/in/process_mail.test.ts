import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { type LetterIds, signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Tx } from '../../../../data/store.ts'
import type { Table } from '../../../../data/tables.ts'
import { queue } from '../../../data/records.ts'
import { HELPDESK, type House, house, SUPPORT, SUSAN, startFor, until } from '../../../house.ts'
import { runs } from '../../../runs.ts'
import { blinded } from '../blinded.ts'
import { kept } from '../kept.ts'
import { handOver, rawMailer, sendRaw, wireFor } from '../wire.ts'

const ERIN = 'erin@example.net'
const HEADER = [
  'From: Erin <erin@example.net>',
  `To: ${SUPPORT}`,
  'Subject: Hello',
  'Date: Tue, 24 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@example.net>',
  'MIME-Version: 1.0',
]

function mailOf(lines: string[], body = 'Text.'): string {
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`
}
/** A mail from erin with other values for some fields. */
function erins(fields: Record<string, string>, body = 'Text.'): string {
  const others = HEADER.filter(line => !Object.keys(fields).includes(line.split(':')[0]!))
  return mailOf([...others, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)], body)
}

function all<T extends Table>({ config }: House, table: T) {
  return kept(config.state_dir, table)
}
async function last<T extends Table>(built: House, table: T) {
  return (await all(built, table)).at(-1)!
}
function fileOf({ config }: Pick<House, 'config'>, name: string): Buffer {
  return readFileSync(join(config.state_dir, 'files', name.slice(0, 2), name))
}
/** A house, and a connection to its mail door that stays open. */
async function desk(t: Test, ...more: [string?, ((tx: Tx) => Promise<void>)?]) {
  const built = await house(t, ...more)
  return { ...built, hand: await rawMailer(t, built.daemon.smtpPort) }
}
function send(
  { hand }: Awaited<ReturnType<typeof desk>>,
  raw: string | Buffer,
  to: string | string[] = SUPPORT,
) {
  return hand({ raw, to, from: ERIN })
}

t.test('a mail to ninety queues with the longest text of a record is one commit', async t => {
  const addresses = Array.from({ length: 90 }, (_, n) => `queue${n}@helpdesk.example`)
  const built = await desk(t, '', async tx => {
    for (const [n, email_address] of addresses.entries())
      await tx.add('queues', queue({ title: `Queue ${n}`, slug: `queue${n}`, email_address }))
  })
  // Each of these characters takes two characters in JSON.
  const text = `${'"'.repeat(900)}\n`.repeat(72)
  t.match(await send(built, erins({}, text.replaceAll('\n', '\r\n')), addresses), /^250 /)
  t.equal((await all(built, 'tickets')).length, addresses.length)
  const comments = new Set((await all(built, 'followups')).map(({ comment }) => comment))
  t.same([...comments], [text.trim()])
})

t.test('a repeated mail of any kind has no effect', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  await built.susan('add_ignore', { email: '*@spam.example' })
  const susans = (subject: string) =>
    mailOf([
      `From: ${SUSAN.address}`,
      `Subject: ${subject}`,
      'Date: Tue, 24 Nov 2026 10:00:00 +0000',
      `Message-ID: <${subject.replace(/\W/g, '.')}@example.org>`,
    ])
  const mails: [string, string, boolean][] = [
    ['a ticket', erins({}), false],
    ['a follow-up', erins({ Subject: 'Re: [support-1] The door' }), false],
    ['a command', susans('hold 1'), true],
    ['a refused command', susans('hold 99999'), true],
    ['a near miss', susans('hodl 1'), true],
    ['an automatic mail', erins({ Precedence: 'bulk', Subject: 'News' }), false],
    ['rubbish', 'hello', false],
    ['an ignored mail', erins({ From: 'ann@spam.example' }), false],
  ]
  const clients = (port: number) =>
    Promise.all([wireFor(port), wireFor(port), wireFor(port, SUSAN), wireFor(port, SUSAN)])
  type Clients = Awaited<ReturnType<typeof clients>>
  const hand = ([one, , susans]: Clients, raw: string, proven: boolean) =>
    handOver(proven ? susans : one, { raw, to: HELPDESK, from: proven ? SUSAN.address : ERIN })
  const first = await clients(built.daemon.smtpPort)
  const [one, other, susansOne, susansOther] = first
  for (const [what, raw, proven] of mails) {
    const replies = await Promise.all([
      hand(first, raw, proven),
      hand([other, one, susansOther, susansOne], raw, proven),
    ])
    t.match(replies, [/^250 /, /^250 /], `${what}, twice at once`)
  }
  const counts = async () =>
    Promise.all(
      (['mails', 'tickets', 'followups', 'letters'] as const).map(
        async table => (await all(built, table)).length,
      ),
    )
  const before = await counts()
  t.equal(before[0], mails.length)
  for (const [what, raw, proven] of mails) {
    const travelled = `Received: from a by b; Tue, 24 Nov 2026 11:00:00 +0000\r\n${raw}`
    t.match(await hand(first, raw === 'hello' ? raw : travelled, proven), /^250 /, `${what}, later`)
  }
  t.same(await counts(), before)

  for (const client of first) client.close()
  await built.daemon.stop()
  const again = await startFor(t, built.config, built.events)
  t.teardown(() => again.stop())
  const second = await clients(again.smtpPort)
  t.teardown(() => {
    for (const client of second) client.close()
  })
  for (const [what, raw, proven] of mails)
    t.match(await hand(second, raw, proven), /^250 /, `${what}, after a restart`)
  t.same(await counts(), before)

  for (const raw of [erins({}, 'Other text.'), 'hello there'])
    t.match(await handOver(second[0], { raw, to: SUPPORT, from: ERIN }), /^250 /)
  t.equal(
    (await all(built, 'tickets')).length,
    before[1]! + 2,
    'the same Message-ID with another text is another mail',
  )
})

t.test('a mail without Date and Message-ID counts as a repeat for ten minutes only', async t => {
  const built = await house(t)
  const raw = mailOf([`From: ${ERIN}`, 'Subject: The door'])
  const send = () => sendRaw(built.daemon.smtpPort, { raw, to: SUPPORT, from: ERIN })
  await send()
  await send()
  t.equal((await all(built, 'mails')).length, 1)
  const [once] = await all(built, 'once')
  const minutes = (Date.parse(once!.expires) - Date.now()) / 60_000
  t.ok(minutes > 0 && minutes <= 10, `known for ${minutes} minutes`)
})

t.test('a session that logged in says the same again without Date and Message-ID', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  const send = await rawMailer(t, built.daemon.smtpPort, SUSAN)
  for (const [subject, isHeld] of [
    ['hold 1', true],
    ['unhold 1', false],
    ['hold 1', true],
  ] as const) {
    const raw = mailOf([`From: ${SUSAN.address}`, `Subject: ${subject}`])
    t.match(await send({ raw, from: SUSAN.address }), /^250 /)
    t.match(await all(built, 'tickets'), [{ on_hold: isHeld }], subject)
  }
  const answers = (await all(built, 'letters')).filter(({ event }) => event === 'answered')
  t.equal(answers.length, 3, 'each is answered')
  for (const _ of [1, 2])
    await send({ raw: mailOf([`From: ${SUSAN.address}`, 'Subject: A door']), to: SUPPORT })
  t.equal((await all(built, 'tickets')).length, 3, 'it may be a ticket, too')
})

t.test('a forged copy that arrives first does not block the proven mail', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  const raw = mailOf([`From: ${SUSAN.address}`, 'Subject: hold 1'])
  const mail = { raw, to: HELPDESK, from: SUSAN.address }
  await sendRaw(built.daemon.smtpPort, mail)
  t.match(await all(built, 'tickets'), [{ on_hold: false }, { title: 'hold 1' }])
  await sendRaw(built.daemon.smtpPort, { ...mail, login: SUSAN })
  t.match(await all(built, 'tickets'), [{ on_hold: true }, { title: 'hold 1' }])
})

t.test('no part of a mail is lost', async t => {
  const built = await desk(t)
  const subject = `${'ü'.repeat(250)} end`
  await built.mail({ from: ERIN, to: SUPPORT, subject, text: 'Text.', messageId: '<long@example.net>' })
  t.equal((await last(built, 'tickets')).title, 'ü'.repeat(200))
  t.match(await last(built, 'followups'), {
    comment: `Subject: ${subject}\n\nText.`,
    message_id: '<long@example.net>',
    public: true,
  })

  await send(built, mailOf([`From: ${ERIN}`], ''))
  t.match(await last(built, 'tickets'), { title: '(no subject)', submitter_email: ERIN })
  t.match(await last(built, 'followups'), { comment: '' })

  const attachments = [
    { filename: '../../etc/passwd', content: 'one' },
    { filename: 'a\r\nSet-Cookie: x\0.html', content: Buffer.from([0, 255, 10]) },
    { filename: 'CON', content: '' },
    { filename: `${'ß'.repeat(300)}.pdf`, content: 'one' },
  ]
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Files', text: 'Here.', attachments })
  const { attachments: files } = await last(built, 'followups')
  t.same(
    files.map(({ file }) => fileOf(built, file)),
    attachments.map(({ content }) => Buffer.from(content)),
  )
  t.same(
    files.map(({ size }) => size),
    [3, 3, 0, 3],
  )
  t.match(files[0]!.filename, /^(?:.*_)?passwd$/)
  for (const { filename } of files) {
    t.match(filename, /^[^/\\:\p{Cc}]+$/u)
    t.ok(Buffer.byteLength(filename) <= 120 && filename !== 'CON')
  }

  await send(
    built,
    erins(
      { 'Content-Type': 'text/html', Subject: 'HTML' },
      '<p>One &amp; <b>two</b></p><script>alert(1)</script>',
    ),
  )
  t.equal((await last(built, 'followups')).comment, 'One & two')

  const charsets: [string, string, Buffer][] = [
    ['iso-8859-1', 'Größe', Buffer.from('Gr\xf6\xdfe', 'latin1')],
    ['koi8-r', 'При', Buffer.from([0xf0, 0xd2, 0xc9])],
    ['utf-8', '猫 👣', Buffer.from('猫 👣')],
    ['shift_jis', '日本', Buffer.from([0x93, 0xfa, 0x96, 0x7b])],
  ]
  for (const [charset, text, bytes] of charsets) {
    const head = erins({ 'Content-Type': `text/plain; charset=${charset}`, Subject: charset }, '').trimEnd()
    await send(built, Buffer.concat([Buffer.from(`${head}\r\n\r\n`), bytes]))
    t.equal((await last(built, 'followups')).comment, text, charset)
  }
  await send(built, erins({ 'Content-Type': 'text/plain; charset=klingon', Subject: 'klingon' }, 'nuqneH'))
  t.match((await last(built, 'followups')).comment, /nuqneH/)
  t.match(
    fileOf(built, (await last(built, 'mails')).raw!).toString(),
    /nuqneH/,
    'the original mail is kept, too',
  )
})

t.test('of a mail that is broken, what can be read is shown, and the mail is attached', async t => {
  const built = await desk(t)
  const nested = Array.from(
    { length: 1200 },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  ).join('')
  const fields = 'X-A: b\r\n'.repeat(200_000)
  const hostile: [string, string, string][] = [
    ['nested without end', `Subject: Nested ü\r\n${nested}\r\nend`, 'Nested ü'],
    ['a header without end', `Subject: Large\r\n${fields}\r\nText.`, 'Large'],
  ]
  for (const [what, text, title] of hostile) {
    const raw = Buffer.from(`From: ${ERIN}\r\n${text}\r\n`)
    t.match(await send(built, raw), /^250 /, what)
    t.match(await last(built, 'tickets'), { title, submitter_email: ERIN }, what)
    const { attachments, comment } = await last(built, 'followups')
    t.match(
      comment,
      /^\(Something of this mail may be missing here: .*\. The mail itself is attached as mail\.eml\.\)/,
      what,
    )
    t.match(attachments, [{ filename: 'mail.eml', mime_type: 'message/rfc822', size: raw.length }], what)
    t.ok(fileOf(built, attachments[0]!.file).equals(raw), what)
  }
})

t.test('a mail that cannot be parsed opens a ticket with the mail attached', async t => {
  const built = await house(t)
  const { config } = built
  const daemon = await blinded(t, built)
  const raw = Buffer.from(`From: ${ERIN}\r\nSubject: Nested ü\r\n\r\nText.\r\n`)
  t.match(await sendRaw(daemon.smtpPort, { raw, to: SUPPORT, from: ERIN }), /^250 /)
  t.match(await kept(config.state_dir, 'tickets'), [{ title: 'Nested ü', submitter_email: ERIN }])
  const [followup] = await kept(config.state_dir, 'followups')
  t.match(followup, {
    comment: 'This mail could not be read; the original is attached.',
    attachments: [{ filename: 'mail.eml', mime_type: 'message/rfc822', size: raw.length }],
  })
  t.ok(fileOf({ config }, followup!.attachments[0]!.file).equals(raw))

  const command = Buffer.from(`From: ${SUSAN.address}\r\nSubject: hold 1\r\n\r\n`)
  await sendRaw(daemon.smtpPort, { raw: command, login: SUSAN })
  t.match((await kept(config.state_dir, 'mails')).at(-1), {
    verdict: 'ticket',
    reasons: ['a command, but the mail could not be parsed'],
  })
})

t.test('our own letters and reports about them come back', async t => {
  const built = await desk(t)
  await built.susan('create_ticket', {
    queue: '1',
    title: 'The door',
    submitter_email: ERIN,
    assigned_to: 'fred',
  })
  const letters = await built.letters(2)
  for (const letter of letters) t.match(await send(built, letter), /^250 /)
  t.match(await all(built, 'mails'), [
    { verdict: 'loop', tickets: [] },
    { verdict: 'loop', tickets: [] },
  ])
  t.equal((await all(built, 'tickets')).length, 1)

  const paths = (
    await until('both to be sent', async () => {
      const kept = await all(built, 'letters')
      return kept.every(({ state }) => state === 'sent') ? kept : undefined
    })
  ).map(({ id, to }) => ({ id, to }))
  const returnPath = await returnPathOf(built, { id: paths[0]!.id, ticket: 1 })
  const report = (action: string, status: string) =>
    mailOf(
      [
        'From: MAILER-DAEMON@mx.example.net',
        'Subject: About your mail',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      ],
      [
        '--b',
        'Content-Type: text/plain',
        '',
        'Your mail.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.net',
        '',
        'Final-Recipient: rfc822; x@example.net',
        `Action: ${action}`,
        `Status: ${status}`,
        `Diagnostic-Code: smtp; ${status} so it is`,
        '',
        '--b',
        'Content-Type: message/rfc822',
        '',
        letters[0],
        '--b--',
      ].join('\r\n'),
    )
  const hand = (raw: string, to = returnPath) => built.hand({ raw, from: '', to })
  const away = mailOf([`From: ${ERIN}`, 'Subject: Away', 'Auto-Submitted: auto-replied'], 'Until Monday.')
  for (const [what, raw, verdict, reasons, more] of [
    ['away', away, 'automatic', ['it has Auto-Submitted'], 1],
    ['late', report('delayed', '4.4.1'), 'report', ['delayed: 4.4.1 so it is'], 0],
    ['there', report('delivered', '2.0.0'), 'report', ['delivered: 2.0.0 so it is'], 0],
  ] as const) {
    const { length } = await all(built, 'followups')
    t.match(await hand(raw), /^250 /, what)
    t.match(await last(built, 'mails'), { verdict, reasons, tickets: [1] }, what)
    t.equal((await all(built, 'followups')).length, length + more, what)
    t.match(await last(built, 'followups'), { ticket: 1, public: false }, what)
    t.notMatch((await all(built, 'letters'))[0], { state: 'failed' }, `${what} is no failure`)
  }
  const before = (await all(built, 'letters')).length
  t.match(await hand(report('failed', '5.1.1')), /^250 /)
  t.match(await last(built, 'mails'), { verdict: 'report', tickets: [1] })
  t.match((await all(built, 'letters'))[0], {
    state: 'failed',
    attempts: [{}, { reply: /5\.1\.1 so it is/ }],
  })
  t.match(await last(built, 'followups'), { public: false, comment: /did not arrive: .*5\.1\.1 so it is/ })
  await hand(report('failed', '5.1.1'))
  t.match(
    (await all(built, 'letters')).slice(before),
    [{ event: 'letter_failed', to: SUSAN.address }],
    'once',
  )

  const forged = returnPath.replace(/\.[0-9a-f]{16}@/, '.0123456789abcdef@')
  t.match(await hand(report('failed', '5.0.0'), forged), /^550 5\.1\.1 /)

  await built.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.match(
    await hand(report('failed', '5.2.2')),
    /^250 /,
    "a report about a letter that is gone is nobody's trouble",
  )
})

t.test('a return path finds its ticket after the record of its letter is deleted', async t => {
  const built = await desk(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  const path = await returnPathOf(built, { id: 77, ticket: 1 })
  const report = (subject: string) =>
    mailOf(['From: MAILER-DAEMON@mx.example.net', `Subject: ${subject}`], 'Status: 5.1.1 no such mailbox')
  const hand = (raw: string, to: string) => built.hand({ raw, from: '', to })
  t.match(await hand(report('Undelivered'), path), /^250 /)
  t.match(await last(built, 'mails'), { verdict: 'report', tickets: [1] })
  t.match(await last(built, 'followups'), {
    ticket: 1,
    public: false,
    author: { kind: 'submitter', address: 'MAILER-DAEMON@mx.example.net', automatic: true },
    door: 'mail',
    comment:
      /^A letter whose record is no longer kept did not arrive: Status: 5\.1\.1 no such mailbox\n\nThere is no/,
  })
  const away = mailOf([`From: ${ERIN}`, 'Subject: Away', 'Auto-Submitted: auto-replied'], 'Until Monday.')
  t.match(await hand(away, path), /^250 /)
  t.match(await last(built, 'mails'), { verdict: 'automatic', tickets: [1] })
  const mark = (await openKeys(built.config.state_dir)).mark('return', '77')
  const followups = (await all(built, 'followups')).length
  t.match(await hand(report('Once more'), `helpdesk+return.77.${mark}@helpdesk.example`), /^250 /)
  t.match(await last(built, 'mails'), {
    verdict: 'report',
    tickets: [],
    reasons: [/5\.1\.1/, /no letter 77/],
  })
  await built.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.match(await hand(report('And again'), path), /^250 /)
  t.match(await last(built, 'mails'), {
    verdict: 'report',
    tickets: [],
    reasons: [/5\.1\.1/, /no letter 77/],
  })
  t.ok((await all(built, 'followups')).length < followups)
})

/** The return path of a letter, as the daemon makes it. */
async function returnPathOf({ config }: House, letter: LetterIds): Promise<string> {
  return signedIdsOf(await openKeys(config.state_dir), HELPDESK, []).returnPath(letter)
}

t.test('a mail with too many hops is refused', async t => {
  const built = await desk(t)
  const hops = (count: number) => `${'Received: from a by b\r\n'.repeat(count)}${erins({})}`
  t.match(await send(built, hops(51)), /^554 5\.4\.6 /)
  t.match(await send(built, hops(50)), /^250 /)
  t.equal((await all(built, 'tickets')).length, 1)
})

const hidden = [
  '=?utf-8?Q?a=0D=0ABcc:_eve@example.com?=',
  '=?utf-8?B?YQ0KQmNjOiBldmVAZXhhbXBsZS5jb20=?=',
  'a =?utf-8?Q?=00=1B[31m=E2=80=AEtxt.exe?=',
  '=?utf-8?Q?=3D=3Futf-8=3FQ=3F=3D0D=3D0ABcc:_x=3F=3D?=',
  'a\rBcc: eve@example.com',
  'a\tb\x7f\x01',
]

t.test('no subject can add a header field to a letter', async t => {
  const built = await desk(t, 'limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000')
  for (const subject of hidden) {
    t.match(
      await send(
        built,
        erins({ Subject: subject, 'Message-ID': `<${Buffer.from(subject).toString('hex')}@x.example>` }),
      ),
      /^250 /,
    )
  }
  for (const letter of await built.letters(2 * hidden.length)) {
    const [head = ''] = letter.split('\r\n\r\n')
    const names = head.split(/\r\n(?![ \t])/).map(line => line.split(':')[0]!.toLowerCase())
    t.same([...names].sort(), [...new Set(names)].sort(), 'each header field appears once')
    t.notOk(names.includes('bcc'))
    t.notMatch(head, /[^\x20-\x7e\r\n\t]|\r(?!\n)|[^\r]\n/)
    const { subject = '', to } = await simpleParser(letter)
    t.notMatch(subject, /[\p{Cc}\u202a-\u202e]/u)
    t.match(to, { text: /^(?:erin@example\.net|susan@example\.org)$/ })
  }
})

t.test('any bytes as a mail get one reply, and the next mail is accepted', async t => {
  const built = await house(t)
  const pieces = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    ':',
    '.',
    '\r\n.',
    'From: ',
    'Subject: ',
    'hold 1',
    ERIN,
    '<',
    '>',
    '=?utf-8?B?',
    '?=',
    'Content-Type: multipart/mixed; boundary=b\r\n',
    '--b',
    'Content-Transfer-Encoding: base64\r\n',
    '\xff',
    'é',
    '\u202e',
  )
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }).map(array => Buffer.from(array)),
    fc.array(pieces, { maxLength: 60 }).map(found => Buffer.from(found.join(''))),
  )
  const client = await wireFor(built.daemon.smtpPort)
  t.teardown(() => client.close())
  const whole = fc.record({ value: bytes, as: fc.constantFrom('mail', 'subject', 'from', 'body', 'field') })
  await fc.assert(
    fc.asyncProperty(whole, async ({ value, as }) => {
      const text = value.toString('latin1')
      const raws = {
        mail: value,
        subject: erins({ Subject: text }),
        from: erins({ From: text }),
        body: erins({}, text),
        field: erins({ 'Content-Type': text }),
      }
      const raw = Buffer.isBuffer(raws[as]) ? raws[as] : Buffer.from(raws[as], 'latin1')
      const reply = await handOver(client, { raw, from: ERIN, to: SUPPORT })
      return /^(?:250|554) /.test(reply) && (await client.say('NOOP')).startsWith('250')
    }),
    runs(150),
  )
  t.match(await built.mail({ from: ERIN, to: SUPPORT, subject: 'And now this' }), /^250 /)
  t.match(await last(built, 'tickets'), { title: 'And now this' })
  t.notOk(
    built.log.some(line => line.includes('"failed"')),
    'nothing unexpected was thrown',
  )
})

t.test('with a full disk, mail is refused before its data is sent', async t => {
  const built = await house(t)
  await built.daemon.stop()
  const full = await startFor(t, { ...built.config, 'store.min_free': Number.MAX_SAFE_INTEGER }, built.events)
  t.match(await sendRaw(full.smtpPort, { raw: erins({}), from: ERIN, to: SUPPORT }), /^452 4\.3\.1 /)
  await full.stop()
  const again = await startFor(t, built.config, built.events)
  t.teardown(() => again.stop())
  t.match(await sendRaw(again.smtpPort, { raw: erins({}), from: ERIN, to: SUPPORT }), /^250 /)
  t.equal((await all(built, 'tickets')).length, 1)
})
