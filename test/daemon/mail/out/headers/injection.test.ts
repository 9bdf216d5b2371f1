import assert from 'node:assert/strict'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { type LetterSite, render } from '../../../../../daemon/mail/out/letter.ts'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { openSmarthost } from '../../../../../daemon/mail/out/smarthost.ts'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Files, Reader } from '../../../../../data/store.ts'
import type { Letter } from '../../../../../data/tables.ts'
import { oneLine } from '../../../../../handlers/params/plain_text.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { followup, queue, ticket, user } from '../../../../data/records.ts'
import { directoryFor, HELPDESK, quietEvents, SUPPORT } from '../../../../house.ts'
import { runs } from '../../../../runs.ts'
import { smtpServer } from '../../smtp_script.ts'

const FRED = 'fred@example.org'
const letter: Letter = {
  id: 12,
  event: 'followed_up',
  to: FRED,
  ticket: 7,
  followup: 3,
  answer: null,
  state: 'waiting',
  created: '2030-01-01T10:00:00.000Z',
  due: '2030-01-01T10:00:00.000Z',
  attempts: [],
}
const LINE = 78
const LONGEST_LINE = 998
const TICKET_FIELDS = [
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'references',
  'reply-to',
  'subject',
  'thread-index',
  'to',
  'x-auto-response-suppress',
  'x-helpdesk-event',
  'x-helpdesk-loop',
  'x-helpdesk-queue',
  'x-helpdesk-ticket',
]
const ANSWER_FIELDS = [...TICKET_FIELDS.filter(name => name !== 'thread-index'), 'auto-submitted'].sort()

/** Pieces that would end a line or a name, begin a field or an encoded word, or are hard to encode. */
const piece = fc.oneof(
  fc.constantFrom(
    '\r\nBcc: eve@evil.example\r\n',
    '\n',
    '\r',
    '\0',
    '\u2028',
    '=?utf-8?Q?=0D=0ABcc:_eve@evil.example?=',
    '=?',
    '?=',
    '"',
    '\\',
    '<eve@evil.example>',
    '(',
    ')',
    ',',
    ';',
    ':',
    '  ',
    '\r\n\r\n',
    '\r\n.\r\n',
  ),
  fc.constantFrom(
    'x'.repeat(90),
    'Größe',
    '印刷機が燃えている',
    'מדפסת',
    'طابعة',
    'e\u0301'.repeat(20),
    '👩‍👩‍👧‍👦',
  ),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
)
const anyText = (most: number) =>
  fc
    .array(piece, { minLength: 1, maxLength: 8 })
    .map(parts => oneLine([...oneLine(parts.join(' '))].slice(0, most).join('')))
    .filter(text => text !== '')

t.test('whatever people write, the sink gets our header fields alone, and the words as given', async t => {
  const { port, mails } = await smtpServer(t, {})
  const smarthost = openSmarthost(`smtp://127.0.0.1:${port}`, 'helpdesk.example')
  t.teardown(() => smarthost.close())
  const signedIds = signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [])
  const site: LetterSite = {
    files: { stream: async () => undefined } as unknown as Files,
    signedIds,
    mailAddress: HELPDESK,
    hours: { at: '09:00', time_zone: 'UTC' },
    proofs: ['smtp-auth'],
    words: new LetterWords(),
    gone: new Set(),
    attachUpTo: 0,
    events: quietEvents(),
  }
  const property = fc.asyncProperty(
    anyText(200),
    anyText(100),
    anyText(100),
    anyText(100),
    async (title, queueTitle, name, filename) => {
      const reader = readerOf({
        tickets: { ...ticket({ title, opened_in: 'support', submitter_email: 'erin@example.net' }), id: 7 },
        queues: { ...queue({ title: queueTitle, email_address: SUPPORT }), id: 1 },
        users: { ...user({ username: 'fred', full_name: name, addresses: [FRED] }), id: 2 },
        followups: {
          ...followup({ comment: 'Hello', public: true, author: { kind: 'user', user: 2 } }),
          id: 3,
        },
      })
      mails.length = 0
      const attachment = { file: 'f'.repeat(64), filename, mime_type: 'text/plain', size: 1 }
      const answer = { subject: title, message_id: null, sentences: ['Here it is.'], attachment }
      for (const one of [letter, { ...letter, event: 'answered' as const, followup: null, answer }])
        assert.equal((await smarthost.send(1, (await render(reader, site, one))!)).state, 'sent')
      const [words, answered] = mails as [string, string]
      hasOnly(words, TICKET_FIELDS)
      hasOnly(answered, ANSWER_FIELDS)
      const read = await simpleParser(Buffer.from(words, 'latin1'))
      assert.equal(read.subject, `[support-7] ${title}`)
      const named = /[<>@]/.test(name.normalize('NFKC')) ? queueTitle : `${name} (${queueTitle})`
      assert.deepEqual(
        read.from?.value.map(one => [one.address, blanks(one.name)]),
        [[SUPPORT, blanks(named.replaceAll('=?', '= ?'))]],
      )
      const file = await simpleParser(Buffer.from(answered, 'latin1'))
      assert.equal(file.subject, `Re: ${title}`)
      assert.equal(file.attachments.length, 1)
    },
  )
  await fc.assert(property, runs(300))
})

/** Folding and mailparser reduce several blanks in a name to one. */
function blanks(name: string): string {
  return name.replace(/\s+/g, ' ').trim()
}

/** The header has these fields, each once, and lines that are only too long if they have nothing to be folded at. */
function hasOnly(raw: string, names: readonly string[]): void {
  const lines = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n')
  for (const line of lines) {
    assert.match(line, /^[\t\x20-\x7e]+$/)
    assert.ok(line.length <= LINE || (line.length <= LONGEST_LINE && !/\S\s+\S/.test(afterName(line))), line)
  }
  const found = lines
    .filter(line => !/^\s/.test(line))
    .map(line => line.slice(0, line.indexOf(':')).toLowerCase())
  assert.deepEqual(found.sort(), names)
}

function afterName(line: string): string {
  return /^\s/.test(line) ? line : line.slice(line.indexOf(':') + 1)
}

/** A store with one record in each table. */
function readerOf(records: Record<string, object>): Reader {
  return {
    get: async (table: string) => records[table],
    find: async (table: string, where: object) => ('addresses' in where ? [records[table]] : []),
  } as unknown as Reader
}
