import fc from 'fast-check'
import t from 'tap'
import type { RecipientStatus } from '../../../../../daemon/mail/in/content/delivery_status.ts'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { reportIn } from '../../../../../daemon/mail/in/reports/delivery_report.ts'
import { withoutReturned } from '../../../../../daemon/mail/in/reports/without_returned.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { isFast } from '../../../../pace.ts'
import { runs } from '../../../../runs.ts'
import { mailOf } from '../mail_of.ts'

const HALF = /\p{Cs}/u

interface Some {
  readonly from?: string | null
  readonly written?: string
  readonly subject?: string
  readonly text?: string
  readonly lines?: readonly string[]
  readonly statuses?: readonly RecipientStatus[]
  readonly envelopeFrom?: string
  readonly isReturned?: boolean
}

function reportOf({ from = 'mailer-daemon@mx.example', subject = '', text = '', lines = [], ...more }: Some) {
  const mail = {
    headers: readHeaders(mailOf(`Subject: ${subject}`, ...lines)),
    from: { address: from, name: '', written: more.written ?? from ?? '' },
    subject,
    text: { beginning: text },
    recipientStatuses: more.statuses ?? [],
  }
  return reportIn(mail, more.envelopeFrom ?? '', more.isReturned ?? true)
}

t.test('what is a report', async t => {
  const failed = { outcome: 'failed' } as const
  t.match(reportOf({ text: 'Hello.' }), failed, 'a mail system that says nothing else')
  t.match(reportOf({ from: null, text: 'No such user.' }), failed)
  t.match(
    reportOf({
      from: null,
      written: 'Postmaster',
      text: 'Hello.',
      isReturned: false,
      subject: 'Returned mail',
    }),
    failed,
  )
  t.equal(reportOf({ from: null, text: 'Hello.' }), undefined)
  t.equal(reportOf({ from: 'ann@b.example', text: 'My mail was not delivered.' }), undefined, 'a person')
  t.match(reportOf({ from: 'ann@b.example', subject: 'Undeliverable: x' }), failed)
  const bare = [{ action: 'failed', status: '', diagnostic: '' }]
  t.match(reportOf({ statuses: bare, text: 'Sorry.' }), { ...failed, reason: 'Sorry.' })
  const delayed = [{ action: 'delayed', status: '4.4.1', diagnostic: '' }]
  t.match(reportOf({ from: 'x@b.example', statuses: delayed }), {
    outcome: 'delayed',
    reason: 'status 4.4.1',
  })
  const elsewhere = { isReturned: false, envelopeFrom: 'a@b.example' }
  t.equal(
    reportOf({ ...elsewhere, from: 'ann@b.example', statuses: delayed }),
    undefined,
    'somebody forwards one',
  )
  t.match(
    reportOf({
      ...elsewhere,
      from: 'x@b.example',
      statuses: delayed,
      lines: ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
    }),
    { outcome: 'delayed' },
  )
  t.equal(reportOf({ ...elsewhere, from: 'ann@b.example', subject: 'Delayed' }), undefined)
  t.equal(
    reportOf({ ...elsewhere, text: 'Some mail was not delivered.' }),
    undefined,
    'a postmaster who writes',
  )
  t.match(reportOf({ ...elsewhere, subject: 'Returned mail' }), failed)
})

t.test('a status without an action', async t => {
  const of = (status: string, diagnostic: string) =>
    reportOf({ from: 'x@b.example', text: 'Sorry.', statuses: [{ action: '', status, diagnostic }] })?.outcome
  t.equal(of('5.1.1', ''), 'failed')
  t.equal(of('', '550 5.1.1 gone'), 'failed')
  t.equal(of('', 'host mx[192.0.2.1] said: 550 gone'), 'failed')
  t.equal(of('', '451 4.7.1 later'), undefined)
  t.equal(of('4.4.1', '550 later'), undefined, 'the status counts first')
  t.equal(of('', 'host 192.0.2.550 is slow'), undefined)
})

t.test('words about a delay count for more than those about a failure', async t => {
  const late = 'This is a warning only. You do not need to resend it.\n\n550 5.1.1 user unknown\n'
  t.match(reportOf({ text: late }), { outcome: 'delayed', reason: '550 5.1.1 user unknown' })
  t.match(reportOf({ subject: 'Undeliverable: [support-1] Delivery delayed' }), { outcome: 'failed' })
  t.match(reportOf({ text: '421 4.7.0 messages from you temporarily deferred, giving up' }), {
    outcome: 'failed',
  })
})

t.test('the returned mail is no part of a report', async t => {
  const begins = [
    '--- Original message follows.',
    '--- Below this line is a copy of the message.',
    '------ This is a copy of the message, including all the headers. ------',
    'Message headers follow.',
    '   ----- Original message follows -----',
    '\nReceived: from a\n\tby b',
    '\nFrom: a@b.example\nSubject: x',
    '> From: a@b.example\n> Subject: x',
    '\n>From: a@b.example\n>Subject: x',
    'Content-Type: message/rfc822\n\nSubject: x',
  ]
  for (const begin of begins)
    t.equal(withoutReturned(`Gone.\n${begin}\n\nStatus: RO\n`).trim(), 'Gone.', begin)
  const kept =
    'The original message was received at noon\n\n   ----- Transcript of session follows -----\nSubject: x\n'
  t.equal(withoutReturned(kept), kept)
})

t.test('any words give a short reason, or none, in linear time', async t => {
  const piece = fc.oneof(
    fc.constantFrom('\n', '\n\n', '550 ', '---', 'From: ', 'delay', 'undeliver'),
    anyCharacter,
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), fc.boolean(), (pieces, isReturned) => {
      const report = reportOf({ text: pieces.join(''), subject: pieces.join(''), isReturned })
      return report === undefined || (Buffer.byteLength(report.reason) <= 1000 && !HALF.test(report.reason))
    }),
    runs(200),
  )
  for (const text of ['\n', 'a', '-', '---\n', 'From:\n', '\nx-a:', ' '])
    t.ok(await isFast(500, () => reportOf({ text: text.repeat(1_000_000) })), JSON.stringify(text))
})
