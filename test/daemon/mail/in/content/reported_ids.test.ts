import fc from 'fast-check'
import t from 'tap'
import { contentOf } from '../../../../../daemon/mail/in/content/content.ts'
import { reportedIds } from '../../../../../daemon/mail/in/content/reported_ids.ts'
import { MIB } from '../../../../../data/sizes.ts'
import { isFast } from '../../../../pace.ts'
import { runs } from '../../../../runs.ts'

function part(type: string, ...lines: string[]): string {
  return `--b\r\nContent-Type: ${type}\r\n\r\n${lines.join('\r\n')}\r\n`
}

async function idsIn(...parts: string[]): Promise<readonly string[]> {
  const header = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'
  return (await contentOf(Buffer.from(`${header}${parts.join('')}--b--\r\n`))).reportedIds
}

t.test('the ids of returned mails', async t => {
  const header = ['Received: from a', '\tby b', 'Message-ID: <one@a.example>', 'Subject: x']
  for (const type of ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'])
    t.strictSame(await idsIn(part('text/plain', 'Gone.'), part(type, ...header)), ['<one@a.example>'], type)
  t.strictSame(await idsIn(part('message/rfc822', 'MESSAGE-ID:', '  <one@a.example>')), ['<one@a.example>'])
  t.strictSame(
    await idsIn(part('message/rfc822', 'Subject: x', '', 'Message-ID: <one@a.example>')),
    [],
    'quoted',
  )
  t.strictSame(await idsIn(part('message/rfc822', 'In-Reply-To: <one@a.example>')), [], 'an answer to it')
  t.strictSame(
    await idsIn(part('text/plain', '> Message-Id: <two@a.example>'), part('message/rfc822', ...header)),
    ['<one@a.example>', '<two@a.example>'],
    'the returned mail comes first',
  )
})

t.test('ids that a status or the text names', async t => {
  t.strictSame(
    await idsIn(part('message/disposition-notification', 'Original-Message-ID: <one@a.example>')),
    ['<one@a.example>'],
  )
  t.strictSame(await idsIn(part('message/delivery-status', 'X-Original-Message-ID: <one@a.example>')), [
    '<one@a.example>',
  ])
  const qmail = [
    "Hi. This is the qmail-send program at mx.example. I'm afraid I wasn't able to deliver your message.",
    '',
    '--- Below this line is a copy of the message.',
    '',
    'Return-Path: <a@b.example>',
    'Message-ID: <one@a.example>',
  ]
  t.strictSame(await idsIn(part('text/plain', ...qmail)), ['<one@a.example>'])
  t.strictSame(await idsIn(part('text/plain', 'message-id=<one@a.example>, size=100')), ['<one@a.example>'])
  t.strictSame(await idsIn(part('text/plain', 'References: <one@a.example>')), [])
})

t.test('any bytes give at most five short ids, in linear time', async t => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        'Message-ID: ',
        '<a@b>',
        '\r\n',
        ' ',
        '--b\r\n',
        'Content-Type: message/rfc822\r\n',
        '<',
      ),
      fc.string(),
    ),
    { maxLength: 100 },
  )
  await fc.assert(
    fc.asyncProperty(pieces, async pieces => {
      const ids = await idsIn(...pieces)
      return ids.length <= 5 && ids.every(id => id.length <= 302)
    }),
    runs(100),
  )
  for (const piece of ['message-id: <a', 'message-id ', '\r\n', 'a', '<']) {
    const text = piece.repeat((4 * MIB) / piece.length)
    const leaf = { type: 'message/rfc822', fields: new Map(), content: Buffer.from(text) }
    t.ok(await isFast(500, () => reportedIds(leaf, text)), JSON.stringify(piece))
  }
  const many = Array.from({ length: 300 }, (_, n) => `Message-ID: <${n}@a.example>`).join('\n')
  t.equal(reportedIds({ type: 'multipart/mixed', children: [] }, many).length, 5)
})
