import fc from 'fast-check'
import t from 'tap'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { kindOf } from '../../../../../daemon/mail/in/kind.ts'
import { gate } from '../../../../../daemon/mail/in/proofs/header_gate.ts'
import { isFast } from '../../../../pace.ts'
import { runs } from '../../../../runs.ts'
import { kindFacts } from '../kind_facts.ts'
import { mailOf } from '../mail_of.ts'

const LOGGED_IN = { loggedIn: true }
const NOT_LOGGED_IN = { loggedIn: false }

/** Adds the other fields of a valid mail to the lines under test. */
function around(from: string, subject = 'Subject: hold 1'): Buffer {
  return mailOf(from, subject, 'Date: Tue, 24 Nov 2026 10:00:00 +0000', 'Message-ID: <1@corp.example>')
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

const attacks: Record<string, Buffer> = {
  'two From': around('From: boss@corp.example\r\nFrom: eve@evil.example'),
  'two From in other case': around('From: boss@corp.example\r\nfROM: eve@evil.example'),
  'a blank before the colon': around('From : boss@corp.example'),
  'a tab before the colon': around('From\t: boss@corp.example'),
  'a blank before the colon beside a good From': around('From : boss@corp.example\r\nFrom: eve@evil.example'),
  'a folded name': around('From\r\n : boss@corp.example'),
  'a first line that is folded': around(' From: boss@corp.example\r\nFrom: boss@corp.example'),
  'a first line of mbox': around('From boss@corp.example Tue Nov 24\r\nFrom: boss@corp.example'),
  'a list': around('From: a@corp.example, b@evil.example'),
  'a list by semicolon': around('From: a@corp.example; b@evil.example'),
  'a list of angles': around('From: A <a@corp.example>, B <b@evil.example>'),
  'a group': around('From: g: a@corp.example, b@evil.example;'),
  'an empty group': around('From: undisclosed recipients:;'),
  'two angles': around('From: <boss@corp.example><eve@evil.example>'),
  'two angles apart': around('From: <eve@evil.example> <boss@corp.example>'),
  'an address as the plain display': around('From: boss@corp.example <eve@evil.example>'),
  'an angle in the quoted display': around('From: "<boss@corp.example>" <eve@evil.example>'),
  'words behind the angle': around('From: <boss@corp.example> (really)'),
  'an encoded address': around('From: =?utf-8?Q?boss=40corp.example?='),
  'an encoded address in angles': around('From: <=?utf-8?Q?boss=40corp.example?=>'),
  'an encoded word with an angle': around('From: =?utf-8?Q?a?= <=?utf-8?Q?boss?=@corp.example>'),
  'a comment in the address': around('From: boss@corp.example(x)evil.example'),
  'a comment before it': around('From: (boss) boss@corp.example'),
  'a quoted local part': around('From: "boss@corp.example x"@evil.example'),
  'a quoted local part in angles': around('From: <"boss"@corp.example>'),
  'a route': around('From: <@corp.example,@b.example:boss@evil.example>'),
  'a bare CR in From': around('From: boss@corp.example\rFrom: eve@evil.example'),
  'a bare LF in From': around('From: boss@corp.example\nFrom: eve@evil.example'),
  'a bare LF as a fold': around('From: boss@corp.example\n x'),
  'a CR before CRLF': around('From: boss@corp.example\r'),
  'a NUL': around('From: boss@corp.example\0'),
  'a NUL elsewhere': around('X-A: \0\r\nFrom: boss@corp.example'),
  'a Unicode domain': around(`From: ${utf8('boss@cоrp.example')}`),
  'a Kelvin sign': around(`From: ${utf8('boss@\u212aorp.example')}`),
  'a Kelvin sign in the local part': around(`From: ${utf8('\u212aate@corp.example')}`),
  'bytes of Latin-1 in the display': around('From: J\xf6rg <boss@corp.example>'),
  'a trailing dot': around('From: boss@corp.example.'),
  'a dot before the @': around('From: boss.@corp.example'),
  'an address literal': around('From: boss@[127.0.0.1]'),
  'no address': around('From: Boss'),
  'an empty From': around('From:'),
  'no From': around('X-A: b'),
  'a folded address': around('From: boss@corp.example\r\n .evil.example'),
  'two Subjects': around('From: boss@corp.example', 'Subject: hold 1\r\nSubject: thanks!'),
  'no Subject': around('From: boss@corp.example', 'X-A: b'),
  'two Dates': around('From: boss@corp.example\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000'),
  'two Message-IDs': around('From: boss@corp.example\r\nMessage-Id: <2@corp.example>'),
  'two Senders': around('From: boss@corp.example\r\nSender: a@b.example\r\nSender: c@d.example'),
  'two Content-Types': around(
    'From: boss@corp.example\r\nContent-Type: text/plain\r\nContent-Type: text/html',
  ),
  'a line that is not a field': around('From: boss@corp.example\r\nhold 1'),
  'a name with a byte above ASCII': around('From: boss@corp.example\r\nX-\xe4: b'),
  'an empty name': around('From: boss@corp.example\r\n: b'),
  'no header at all': Buffer.from('\r\nFrom: boss@corp.example\r\nSubject: hold 1\r\n\r\n'),
  'too many fields': around(`From: boss@corp.example\r\n${'X-A: b\r\n'.repeat(600)}X-B: c`),
  'a header too large': around(`From: boss@corp.example\r\nX-A: ${'b'.repeat(70_000)}`),
  'a From without end': around(`From: ${'b'.repeat(2000)} <boss@corp.example`),
}

t.test('an ambiguous header is refused', async t => {
  for (const [what, raw] of Object.entries(attacks)) {
    t.match(gate(readHeaders(raw), LOGGED_IN), { refused: /\w/ }, what)
  }
})

t.test('Date and Message-ID may be missing if the session logged in', async t => {
  const bare = readHeaders(mailOf('From: boss@corp.example', 'Subject: hold 1'))
  t.same(gate(bare, LOGGED_IN), { from: 'boss@corp.example' })
  t.same(gate(bare, NOT_LOGGED_IN), { refused: 'the field date is missing' })
  const dated = mailOf('From: boss@corp.example', 'Subject: x', 'Date: Tue, 24 Nov 2026 10:00:00 +0000')
  t.same(gate(readHeaders(dated), NOT_LOGGED_IN), { refused: 'the field message-id is missing' })
})

t.test('an @ in the display name is ignored', async t => {
  for (const from of ['"boss@corp.example" <eve@evil.example>', '"a, b: c; (d)" <eve@evil.example>']) {
    t.same(gate(readHeaders(around(`From: ${from}`)), LOGGED_IN), { from: 'eve@evil.example' }, from)
  }
})

/** Header fields as mail programs send them to a server. */
const programs: Record<string, string[]> = {
  Gmail: [
    'MIME-Version: 1.0',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'Message-ID: <CAJ+x=Yq0_abc@mail.gmail.com>',
    'Subject: hold 1',
    'From: Susan Doe <susan@example.org>',
    'To: helpdesk@helpdesk.example',
    'Content-Type: multipart/alternative; boundary="000000000000abc"',
  ],
  Outlook: [
    'From: "Doe, Susan" <susan@example.org>',
    'To: "\'helpdesk@helpdesk.example\'" <helpdesk@helpdesk.example>',
    'Subject: hold 1',
    'Thread-Topic: hold 1',
    'Thread-Index: AdyAbcdefghijklmnop==',
    'Date: Tue, 24 Nov 2026 09:00:00 +0000',
    'Message-ID:\r\n <AM0PR01MB0001ABC@AM0PR01MB0001.eurprd01.prod.exchangelabs.com>',
    'Accept-Language: en-GB, en-US',
    'X-MS-Has-Attach:',
    'Content-Type: text/plain; charset="us-ascii"',
    'MIME-Version: 1.0',
  ],
  'Outlook with the address as the name': [
    'From: "susan@example.org" <susan@example.org>',
    'Subject: hold 1',
    'Date: Tue, 24 Nov 2026 09:00:00 +0000',
    'Message-ID: <000001d9$abc$def@example.org>',
    'X-Mailer: Microsoft Outlook 16.0',
  ],
  'Apple Mail': [
    'From: Susan Doe <susan@example.org>',
    'Content-Type: text/plain;\r\n\tcharset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
    'Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3776.700.51\\))',
    'Subject: hold 1',
    'Message-Id: <0C6B4E1E-0000-4000-8000-000000000000@example.org>',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'To: helpdesk@helpdesk.example',
  ],
  Thunderbird: [
    'Message-ID: <8c2d7d4e-0000-4000-8000-000000000000@example.org>',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'MIME-Version: 1.0',
    'User-Agent: Mozilla Thunderbird',
    'Content-Language: en-US',
    'To: helpdesk@helpdesk.example',
    'From: =?UTF-8?Q?Susan_D=C3=B6e?= <susan@example.org>',
    'Subject: hold 1',
    'Content-Type: text/plain; charset=UTF-8; format=flowed',
  ],
  mutt: [
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'From: Susan Doe <susan@example.org>',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Message-ID: <aRb1cD2eF3@host>',
    'MIME-Version: 1.0',
    'Content-Disposition: inline',
  ],
  'K-9': [
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'From: susan@example.org',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'User-Agent: K-9 Mail for Android',
    'Message-ID: <5D1C2B3A-0000-4000-8000-000000000000@example.org>',
  ],
  nodemailer: [
    'From: susan@example.org',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Message-ID: <8f1d-abc@example.org>',
    'Date: Tue, 24 Nov 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
  ],
  swaks: [
    'Date: Tue, 24 Nov 2026 10:00:00 +0000',
    'To: helpdesk@helpdesk.example',
    'From: susan@example.org',
    'Subject: hold 1',
    'Message-Id: <20261124100000.012345@host>',
    'X-Mailer: swaks v20201014.0 jetmore.org/john/code/swaks/',
  ],
  'mailx of bsd': [
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Message-Id: <20261124100000.1A2B3C@host.example.org>',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100 (CET)',
    'From: Susan Doe <susan@example.org>',
  ],
  Evolution: [
    'Message-ID: <aabbcc.camel@example.org>',
    'Subject: hold 1',
    'From: Susan Doe <susan@example.org>',
    'To: helpdesk <helpdesk@helpdesk.example>',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'User-Agent: Evolution 3.46.4-2 ',
  ],
  KMail: [
    'From: Susan Doe <susan@example.org>',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'Message-ID: <1234567.abcDEF@laptop>',
    'Content-Transfer-Encoding: 7Bit',
  ],
  Roundcube: [
    'MIME-Version: 1.0',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'From: Susan <susan@example.org>',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Message-ID: <abcdef0123456789@example.org>',
    'X-Sender: susan@example.org',
  ],
  'Yahoo, through a relay': [
    'Received: from sonic.example (sonic.example [192.0.2.1])\r\n\tby mx.example (Postfix) with ESMTPS id ABC\r\n\tfor <helpdesk@helpdesk.example>; Tue, 24 Nov 2026 09:00:01 +0000 (UTC)',
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s2048;\r\n\tbh=abc=; h=Date:From:To:Subject; b=def=',
    'Date: Tue, 24 Nov 2026 09:00:00 +0000 (UTC)',
    'From: "Susan Doe" <susan@example.org>',
    'To: "helpdesk@helpdesk.example" <helpdesk@helpdesk.example>',
    'Message-ID: <1234567890.123456.1700000000000@mail.yahoo.com>',
    'Subject: hold 1',
  ],
  Gnus: [
    'From: susan@example.org',
    'To: helpdesk@helpdesk.example',
    'Subject: hold 1',
    'Date: Tue, 24 Nov 2026 10:00:00 +0100',
    'Message-ID: <87abc.fsf@example.org>',
    'User-Agent: Gnus/5.13 (Gnus v5.13)',
  ],
  'Python and its email package': [
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Transfer-Encoding: 7bit',
    'MIME-Version: 1.0',
    'From: "Susan \\"Sue\\" Doe" <susan@EXAMPLE.org>',
    'Subject: hold 1',
    'Date: Tue, 24 Nov 2026 10:00:00 -0000',
    'Message-ID: <170000000000.1.2@host>',
  ],
}

t.test('header fields of mail programs pass', async t => {
  for (const [program, lines] of Object.entries(programs)) {
    t.same(gate(readHeaders(mailOf(...lines)), NOT_LOGGED_IN), { from: 'susan@example.org' }, program)
  }
})

t.test('any bytes as a header or as From get a result and throw nothing', async () => {
  const piece = fc.constantFrom(
    ...'\r\n \t:<>@",;()\\\0\x1b\xffFrom: Subject: a b.c =?utf-8?Q?=40?='.split(''),
  )
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array)),
    fc.array(piece, { maxLength: 80 }).map(pieces => Buffer.from(pieces.join(''), 'latin1')),
  )
  fc.assert(
    fc.property(bytes, bytes, (block, from) => {
      for (const raw of [block, around(`From: ${from.toString('latin1')}`)]) {
        const headers = readHeaders(raw)
        const gated = gate(headers, LOGGED_IN)
        kindOf(kindFacts(headers, { from: null }))
        if ('from' in gated && !/^[!-~]+@[a-z0-9.-]+$/.test(gated.from)) return false
      }
      return true
    }),
    runs(1000),
  )
})

t.test('a hostile header of a megabyte takes a negligible time', async t => {
  const MEGABYTE = 1024 * 1024
  const hostile: Record<string, string> = {
    fields: 'a:\r\n'.repeat(MEGABYTE / 4),
    folds: `From: a\r\n${' \r\n'.repeat(MEGABYTE / 3)}`,
    'blanks in From': `From: a${' '.repeat(MEGABYTE)}b\r\n`,
    'blanks in a From that fits the gate': `From: a${' '.repeat(60_000)}b\r\nSubject: x\r\n`,
    'angles in From': `From: ${'<'.repeat(60_000)}\r\nSubject: x\r\n`,
    'quotes in From': `From: ${'"'.repeat(60_000)}\r\nSubject: x\r\n`,
    parentheses: `Auto-Submitted: ${'('.repeat(MEGABYTE)}\r\n`,
    suppressions: `X-Auto-Response-Suppress: ${'a '.repeat(MEGABYTE / 2)}\r\n`,
    'line ends': '\r'.repeat(MEGABYTE),
    'one line': 'a'.repeat(MEGABYTE),
  }
  for (const [what, block] of Object.entries(hostile)) {
    const raw = Buffer.from(block, 'latin1')
    const read = () => {
      const headers = readHeaders(raw)
      gate(headers, LOGGED_IN)
      kindOf(kindFacts(headers))
    }
    // Each takes less than 20 milliseconds.
    t.ok(await isFast(2000, read), what)
  }
})
