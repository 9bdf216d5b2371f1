import fc from 'fast-check'
import t from 'tap'
import { contentOf } from '../../../../../daemon/mail/in/content/content.ts'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import type { Incoming } from '../../../../../daemon/mail/in/incoming.ts'
import { judge } from '../../../../../daemon/mail/in/judge.ts'
import { kindOf } from '../../../../../daemon/mail/in/kind.ts'
import type { MailFacts } from '../../../../../daemon/mail/in/mail_facts.ts'
import { type MailSays, saysOf } from '../../../../../daemon/mail/in/mail_says.ts'
import type { Received } from '../../../../../daemon/mail/in/received/received.ts'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { directoryFor, HELPDESK } from '../../../../house.ts'
import { runs } from '../../../../runs.ts'

/** Stands in the returned mail alone. */
const MARKER = 'PRIVATE-WORDS'
const HEADER = [
  'From: MAILER-DAEMON@mx.example.net',
  'From: <>',
  'From: Ann <ann@customer.example>',
  'Subject: Undeliverable: x',
  'Subject: Warning: message delayed 24 hours',
  'Subject: Automatic reply: x',
  'Auto-Submitted: auto-replied',
  'X-Failed-Recipients: ann@customer.example',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: message/delivery-status',
]
const SAID = [
  '550 5.1.1 User unknown',
  '<ann@customer.example>: host mx[192.0.2.1] said:',
  '>>> RCPT TO:<ann@customer.example>',
  'This is a warning only. You do not need to resend it.',
  'Your message was successfully delivered.',
  'It could not be delivered.',
  '',
  '   ----- Transcript of session follows -----',
]
const STATUS = [
  'Reporting-MTA: dns; mx.example.net',
  'Final-Recipient: rfc822; ann@customer.example',
  'Action: failed',
  'Action: delayed',
  'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550',
  '\t5.1.1 gone',
  '',
]
const ANNOUNCED = [
  ['--- Below this line is a copy of the message.', ''],
  ['------ This is a copy of the message, including all the headers. ------', ''],
  ['', 'Received: from helpdesk.example', '\tby mx.example.net'],
  ['', '> Subject: [support-1] The door', '> From: support@helpdesk.example'],
  ['   ----- Original message follows -----', ''],
]
const ends = fc.constantFrom('\n', '\r\n')
const lines = (pool: readonly string[], maxLength: number) =>
  fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...pool) },
      { weight: 1, arbitrary: fc.array(anyCharacter, { maxLength: 30 }).map(all => all.join('')) },
    ),
    { maxLength },
  )
const part = (type: string, body: readonly string[]) => ['--b', `Content-Type: ${type}`, '', ...body]

/** A mail that may be a report, with a returned mail in its text or in a part. */
const mail = fc
  .record({
    end: ends,
    header: lines(HEADER, 5),
    said: lines(SAID, 6),
    status: fc.option(lines(STATUS, 8)),
    returned: fc.constantFrom(...ANNOUNCED),
    isPart: fc.boolean(),
    isParted: fc.boolean(),
  })
  .map(({ end, header, said, status, returned, isPart, isParted }) => {
    const mine = [...returned, MARKER, '', `550 5.1.1 ${MARKER}`, `Status: RO ${MARKER}`]
    const text = isPart ? said : [...said, ...mine]
    const parts = [
      ...part('text/plain', text),
      ...(status ? part('message/delivery-status', status) : []),
      ...(isPart ? part('message/rfc822', [`Subject: ${MARKER}`, '', `550 5.1.1 ${MARKER}`]) : []),
      '--b--',
    ]
    return Buffer.from([...header, 'MIME-Version: 1.0', '', ...(isParted ? parts : text)].join(end))
  })

async function judged(
  bytes: Buffer,
  to: string,
  envelopeFrom: string,
  signedIds: ReturnType<typeof signedIdsOf>,
) {
  const headers = readHeaders(bytes)
  const { text, files, ...content } = await contentOf(bytes)
  const received = { ...content, headers, text: { beginning: text }, attachments: [] } as unknown as Received
  const says: MailSays = saysOf(
    received,
    { envelopeFrom, recipients: [to] } as unknown as Incoming,
    signedIds,
  )
  const letter = signedIds.letterOf(to)!
  const facts = {
    ...says,
    kind: kindOf({
      ...says,
      headers,
      envelopeFrom,
      from: content.from,
      subject: content.subject,
      isAnswer: true,
      ownList: undefined,
      isAddressed: true,
    }),
    recipients: [{ kind: 'return', address: to, letter }],
    subject: content.subject,
    ignores: [],
    refusals: [],
    spentKeys: [],
    slugs: new Set<string>(),
  } as unknown as MailFacts
  return { report: says.report, judgement: says.report ? judge(facts) : undefined }
}

t.test(
  'any report to a return path is about its letter, and quotes nothing of the returned mail',
  async t => {
    const signedIds = signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [])
    const to = signedIds.returnPath({ id: 7, ticket: 5 })
    let found = 0
    await fc.assert(
      fc.asyncProperty(mail, fc.constantFrom('', 'x@mx.example.net'), async (bytes, envelopeFrom) => {
        const { report, judgement } = await judged(bytes, to, envelopeFrom, signedIds)
        if (!report) return true
        found++
        const { act, verdict } = judgement!
        const isAboutIt = act.kind === 'report' && act.letter.number === 7 && act.by === 'return_path'
        const isShort = Buffer.byteLength(report.reason) <= 1000 && !/[\r\n]/.test(report.reason)
        return verdict === 'report' && isAboutIt && isShort && !report.reason.includes(MARKER)
      }),
      runs(1000),
    )
    t.ok(found > 10, `${found} reports`)
  },
)
