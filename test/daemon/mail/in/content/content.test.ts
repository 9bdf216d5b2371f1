import fc from 'fast-check'
import t from 'tap'
import { type Content, contentOf } from '../../../../../daemon/mail/in/content/content.ts'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { VISIBLE } from '../../../../../data/invisible.ts'
import { growthOf } from '../../../../growth.ts'
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

const PARTS = 'In-Reply-To: <a@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'

t.test('the original of a mail with plain text and HTML has both', async t => {
  const answer =
    'It <burns>.\r\n\r\nOn 26.11.2026, 10:00, Susan <susan@example.org> wrote:\r\n> Does it & smoke?\r\n'
  const raw = `${PARTS}--b\r\n\r\n${answer}--b\r\nContent-Type: text/html\r\n\r\n<i>A footer</i>\r\n--b--\r\n`
  const { newText, html } = await contentOf(Buffer.from(raw))
  t.equal(newText, 'It <burns>.\n\n> Does it & smoke?\n\nA footer')
  t.match(html, '> Does it &amp; smoke?</pre>\n<i>A footer</i>')
  t.match(html, '<pre>It &lt;burns>.')
})

t.test('words outside the parts are a fault of a mail without text', async t => {
  const file = '--b\r\nContent-Type: image/png\r\n\r\nx\r\n'
  const { faults } = await contentOf(Buffer.from(`${PARTS}It burns.\r\n${file}--b--\r\n`))
  t.same(faults, ['something stands outside its parts'])
  const { faults: none } = await contentOf(Buffer.from(`${PARTS}x\r\n${file}--b\r\n\r\ny\r\n--b--\r\n`))
  t.same(none, [])
})

t.test('HTML without a visible word is the original beside a file', async t => {
  const raw = `${PARTS}--b\r\nContent-Type: text/html\r\n\r\n<p hidden>Hi</p>\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n`
  const { text, html } = await contentOf(Buffer.from(raw))
  t.match({ text, html: html?.trim() }, { text: '', html: '<p hidden>Hi</p>' })
})

t.test(
  'of all HTML in a mail, 2 MiB are read; a mail of which some was not read is never without news',
  async t => {
    const part = (words: string) => `--b\r\nContent-Type: text/html\r\n\r\n${words}\r\n`
    const quote =
      '<div>On 26.11.2026, 10:00, Susan &lt;susan@example.org&gt; wrote:</div><blockquote>Old.</blockquote>'
    const long = `${quote}<!--${'x'.repeat(1_500_000)}-->`
    const raw = Buffer.from(
      `${PARTS}${part(long)}${part(`${long}<p>New.</p>`)}${part('<p>Newer.</p>')}--b--\r\n`,
    )
    const { text, newText = text, isNew, html } = await contentOf(raw)
    t.match(newText, /^\(Only the beginning of this long mail is shown here/)
    t.ok(isNew)
    t.notMatch(text, /New/)
    t.match(html?.slice(-40), '<p>Newer.</p>')
    const alternative = (html: string) =>
      `--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nPlain words.\r\n--c\r\nContent-Type: text/html\r\n\r\n${html}\r\n--c--\r\n`
    const both = await contentOf(Buffer.from(`${PARTS}${alternative(long).repeat(2)}--b--\r\n`))
    t.match(both.text, 'Plain words.', 'nothing stands for what was not read')
  },
)

t.test('many parts of HTML take linear time', async t => {
  t.equal(
    await growthOf(25, parts => {
      const part = (at: number) => `--b\r\nContent-Type: text/html\r\n\r\n<p>${`${at} `.repeat(500)}</p>\r\n`
      const raw = Buffer.from(
        `${PARTS}${Array.from({ length: parts }, (_, at) => part(at)).join('')}--b--\r\n`,
      )
      return () => contentOf(raw)
    }),
    'linear',
  )
})
