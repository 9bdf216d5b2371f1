import fc from 'fast-check'
import t from 'tap'
import { type Content, contentOf } from '../../../../../daemon/mail/in/content/content.ts'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { VISIBLE } from '../../../../../data/invisible.ts'
import { runs } from '../../../../runs.ts'

/** What no text may contain: control characters but tab and line feed, and halves of surrogate pairs. */
const FLAW = /(?![\t\n])\p{Cc}|\p{Cs}/u

/** What is wrong with the content of a mail; empty if nothing is. */
function flawsOf({ subject, text, newText = '', files, faults }: Content, raw: Buffer): string[] {
  const texts = {
    text,
    newText,
    ...Object.fromEntries(files.map(({ filename = '' }, at) => [`name ${at}`, filename])),
  }
  const flaws = Object.entries(texts).filter(([, text]) => FLAW.test(text))
  const body = raw.toString('latin1', readHeaders(raw).bodyStart)
  const isLost = VISIBLE.test(body) && !VISIBLE.test(text) && files.length === 0 && faults.length === 0
  return [
    ...flaws.map(([what]) => `${what} has a control character`),
    ...(/\p{Cs}/u.test(subject) ? ['the subject is not valid Unicode'] : []),
    ...(isLost ? ['it has neither text nor file'] : []),
  ]
}

const word = fc.constantFrom(
  'The printer',
  'Grüße',
  '日本語',
  '<b>bold</b>',
  '=E4',
  'begin 644 a',
  '> quoted',
  '\u001b[0m',
)
const bytes = fc.oneof(
  fc.array(word, { maxLength: 5 }).map(words => Buffer.from(words.join(' '))),
  fc.array(word, { maxLength: 5 }).map(words => Buffer.from(words.join('\r\n'), 'latin1')),
  fc.uint8Array({ maxLength: 40 }).map(Buffer.from),
)
const field = fc.constantFrom(
  'Content-Type: text/plain; charset=utf-8',
  'Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes',
  'Content-Type: text/html',
  'Content-Type: text/html; charset=shift_jis',
  'Content-Type: text/calendar',
  'Content-Type: image/png; name="=?utf-8?Q?a=0Ab?="',
  'Content-Type: message/rfc822',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/alternative; boundary=c',
  'Content-Type: multipart/related',
  'Content-Type: nonsense',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'Content-Disposition: attachment; filename="a.txt"',
  'Content-Disposition: inline',
  'Content-ID: <a@b>',
  'Subject: =?utf-8?Q?=ED=A0=80?= \u00e4',
  'no field at all',
)
const line = fc.oneof(
  { weight: 3, arbitrary: field.map(Buffer.from) },
  { weight: 3, arbitrary: bytes },
  { weight: 2, arbitrary: fc.constantFrom('', '', '--b', '--c', '--b--', '--c--', '--').map(Buffer.from) },
)
/** Something like a mail: fields, boundaries and bytes in any order. */
const mail = fc
  .array(line, { maxLength: 25 })
  .map(lines => Buffer.concat(lines.flatMap(line => [line, Buffer.from('\r\n')])))

t.test('any mail with something visible has text, a file or a fault, in valid Unicode', async () => {
  await fc.assert(
    fc.asyncProperty(mail, async raw => {
      const flaws = flawsOf(await contentOf(raw), raw)
      if (flaws.length > 0) throw new Error(flaws.join('; '))
    }),
    runs(3000),
  )
})
t.test('any bytes with something visible have text, a file or a fault, in valid Unicode', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      const raw = Buffer.from(bytes)
      const flaws = flawsOf(await contentOf(raw), raw)
      if (flaws.length > 0) throw new Error(flaws.join('; '))
    }),
    runs(1000),
  )
})
