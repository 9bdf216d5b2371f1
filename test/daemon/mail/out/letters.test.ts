import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import t, { type Test } from 'tap'
import { threadIndex } from '../../../../daemon/mail/out/headers/thread_index.ts'
import { render } from '../../../../daemon/mail/out/letter.ts'
import { LetterWords } from '../../../../daemon/mail/out/letters/letter_words.ts'
import { type SignedIds, signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { maybeAddress } from '../../../../data/address.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Files, Reader } from '../../../../data/store.ts'
import type { Followup, Letter, Queue, Ticket } from '../../../../data/tables.ts'
import { oneLine, plainText } from '../../../../handlers/params/plain_text.ts'
import { anyCharacter } from '../../../any_character.ts'
import {
  directoryFor,
  FRED,
  HELPDESK,
  type House,
  house,
  quietEvents,
  SUPPORT,
  SUSAN,
} from '../../../house.ts'
import { runs } from '../../../runs.ts'
import { kept, keptAll } from '../kept.ts'

const ERIN = 'erin@example.net'
const WATCHER = 'eve@example.net'
/** UPDATE_LETTERS=1 rewrites these files; read them before you commit them. */
const FIXTURE = 'test/daemon/mail/out/letters.txt'
const GERMAN = 'test/daemon/mail/out/letters_de.txt'

/** The events, and how many letters each of them causes. */
const steps: readonly [string, number, (house: House) => Promise<unknown>][] = [
  [
    'a ticket is opened over HTTP, with all parameters',
    2,
    ({ susan }) =>
      susan('create_ticket', {
        queue: '1',
        title: 'The printer is on fire',
        body: 'It is the one on the second floor.\n\n  Serial: 1234\n> smoke\nFrom here it is hot.',
        submitter_email: ERIN,
        assigned_to: 'fred',
        priority: '1',
        due_date: '2030-12-31',
      }),
  ],
  [
    'a ticket is opened with only a title',
    1,
    ({ susan }) => susan('create_ticket', { queue: '1', title: 'No paper', submitter_email: ERIN }),
  ],
  [
    'a ticket is opened by mail, with attachments',
    2,
    ({ mail }) =>
      mail({
        from: 'Zoë Ørsted <zoe@example.net>',
        envelopeFrom: 'zoe@example.net',
        to: SUPPORT,
        subject: 'Größe der Fußmatte 👣',
        text: 'Schöne Grüße',
        attachments: [
          { filename: 'Fußmatte.txt', content: 'x'.repeat(12) },
          { filename: 'b.bin', content: Buffer.alloc(123_456) },
        ],
      }),
  ],
  [
    'the operator writes publicly',
    2,
    ({ shell }) => shell('followup', '1', 'public:', 'The part has been ordered.'),
  ],
  [
    'an agent writes privately',
    1,
    ({ susan }) => susan('add_followup', { ticket: '1', message: 'Erin is in a hurry.' }),
  ],
  [
    'the submitter answers',
    1,
    ({ mail }) =>
      mail({
        from: ERIN,
        to: SUPPORT,
        subject: 'Re: [support-1] The printer',
        text: 'When will it come?',
        messageId: '<when@example.net>',
      }),
  ],
  [
    'the machine of the submitter answers',
    1,
    ({ mail }) =>
      mail({
        from: ERIN,
        to: SUPPORT,
        subject: 'Away: [support-1]',
        text: 'I am away.',
        headers: { 'Auto-Submitted': 'auto-replied' },
      }),
  ],
  [
    'an agent writes long lines, and lines of dots',
    2,
    ({ susan }) =>
      susan('add_followup', {
        ticket: '1',
        public: 'y',
        message: `${'It goes on and on. '.repeat(12)}\n\n${'x'.repeat(1200)}\n.\n..dots`,
      }),
  ],
  [
    'an agent resolves it',
    2,
    ({ susan }) => susan('resolve', { ticket: '1', resolution: 'The fuse was changed.' }),
  ],
  [
    'the submitter wants no more letters',
    1,
    async ({ config, mail }) => {
      const marks = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
      return mail({ from: ERIN, to: marks.stopAddress(1, ERIN)!, subject: '[support-1] Stop these mails' })
    },
  ],
  [
    'an agent writes all the same',
    1,
    ({ susan }) => susan('add_followup', { ticket: '1', public: 'y', message: 'We keep the old fuse.' }),
  ],
  [
    'the submitter writes again',
    1,
    ({ mail }) => mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1]', text: 'Thank you!' }),
  ],
  [
    'a command is carried out',
    1,
    ({ mail }) => mail({ subject: 'hold 2: waiting', login: SUSAN, messageId: '<hold@example.org>' }),
  ],
  [
    'a command about a resolved ticket is carried out',
    2,
    ({ mail }) => mail({ subject: 'hold 1', login: SUSAN }),
  ],
  ['a command is refused', 1, ({ mail }) => mail({ subject: 'hold 999', login: SUSAN })],
  ['a command is nearly right', 1, ({ mail }) => mail({ subject: 'hodl 1', login: SUSAN })],
  [
    'a mail in the name of an agent opens a ticket',
    1,
    ({ mail }) => mail({ to: SUPPORT, subject: 'Give me the keys', text: 'I have lost mine.' }),
  ],
  [
    'a mail in the name of another agent answers',
    1,
    ({ mail }) =>
      mail({ from: FRED.address, to: SUPPORT, subject: 'Re: [support-1]', text: 'Give them the keys.' }),
  ],
  [
    'a mail in the name of the default owner opens a ticket in a queue',
    1,
    async ({ mail, shell }) => {
      await shell('change_queue', 'queue=support', 'default_owner=fred')
      return mail({ from: FRED.address, to: SUPPORT, subject: 'Keys', text: 'Mine too.' })
    },
  ],
  [
    'an agent closes a ticket, without a reason',
    1,
    async ({ susan }) => {
      await susan('watch', { ticket: '1', email: WATCHER })
      return susan('close', { ticket: '1' })
    },
  ],
  [
    'the submitter writes to a watched ticket',
    2,
    ({ mail }) => mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1]', text: 'No, it is not.' }),
  ],
  ['an agent closes it again', 1, ({ susan }) => susan('close', { ticket: '1' })],
  [
    'an agent reopens it, for a private reason',
    1,
    ({ susan }) => susan('reopen', { ticket: '1', reason: 'Erin called.' }),
  ],
  [
    'an agent closes it, for a public reason',
    3,
    ({ susan }) => susan('close', { ticket: '1', reason: 'It is a new printer.', public: 'y' }),
  ],
  ['an agent marks it as a duplicate', 3, ({ susan }) => susan('mark_duplicate', { ticket: '1', of: '2' })],
  [
    'an agent assigns the other ticket',
    1,
    ({ susan }) => susan('assign', { ticket: '2', assigned_to: 'fred' }),
  ],
  [
    'another agent answers it at once',
    2,
    async ({ post, susan }) => {
      await susan('add_followup', { ticket: '2', message: 'I look at it.' })
      return post('add_followup', {
        user: FRED.username,
        password: FRED.password,
        ticket: '2',
        message: 'So do I.',
      })
    },
  ],
  ['an agent redacts it', 1, ({ mail }) => mail({ subject: 'redact 2 followup 1', login: SUSAN })],
  ['a command without a ticket is carried out', 1, ({ mail }) => mail({ subject: 'queues', login: SUSAN })],
  ['a letter to the submitter fails', 1, house => fail(house, ERIN)],
  ['a letter to a watcher fails', 1, house => fail(house, WATCHER)],
  ['a letter to an agent fails', 1, house => fail(house, FRED.address)],
  [
    'three letters to the submitter have failed',
    4,
    async house => {
      await fail(house, ERIN)
      await fail(house, ERIN)
      return house.shell('assign', '1', 'susan')
    },
  ],
  [
    'three letters to an agent have failed',
    3,
    async house => {
      await fail(house, FRED.address)
      return fail(house, FRED.address)
    },
  ],
]

/** Sends a report that the first letter to an address that has not failed did not arrive. */
async function fail({ config, mail }: House, to: string): Promise<void> {
  const { id, ticket } = (await kept(config.state_dir, 'letters')).find(
    letter => letter.to === to && letter.state !== 'failed',
  )!
  const marks = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  await mail({
    from: 'Mail Delivery System <MAILER-DAEMON@mx.example.net>',
    envelopeFrom: '',
    to: marks.returnPath({ id, ticket }),
    subject: 'Undelivered Mail Returned to Sender',
    messageId: `<${id}@mx.example.net>`,
    text: `<${to}>: host mx.example.net said: 550 5.1.1 User unknown`,
  })
}

t.test('each letter reads as in letters.txt, and in German as in letters_de.txt', async t => {
  const running = await house(t)
  await running.susan('change_user', { username: 'susan', full_name: 'Susan Calvin' })
  let [text, german] = ['', '']
  let before = 0
  const marks = signedIdsOf(await openKeys(running.config.state_dir), HELPDESK, [])
  for (const [name, count, step] of steps) {
    await step(running)
    const letters = (await running.letters(before + count)).slice(before)
    for (const letter of letters) text += `==== ${name}\n${await readable(letter)}\n`
    const kept = await keptAll(running.config.state_dir)
    for (const letter of (await kept.find('letters', {})).slice(before))
      german += `==== ${name}\n${await inGerman(kept, marks, letter)}\n`
    before += count
  }
  for (const [file, pinned] of [
    [FIXTURE, text],
    [GERMAN, german],
  ] as const) {
    if (process.env.UPDATE_LETTERS) writeFileSync(file, pinned)
    t.equal(pinned, readFileSync(file, 'utf8'))
  }
})

async function readable(letter: string): Promise<string> {
  const { from, to, subject, text } = await simpleParser(letter)
  const recipients = [to].flat().map(one => one?.text)
  return `From: ${from?.text}\nTo: ${recipients.join(', ')}\nSubject: ${subject}\n\n${text?.replace(/\+([a-z])[.0-9a-z]+@/g, '+$1.…@')}`
}

/** The letter as a site in German has it. */
async function inGerman(kept: Reader, signedIds: SignedIds, letter: Letter): Promise<string> {
  const reader = {
    find: kept.find.bind(kept),
    get: async (table: 'queues', id: number) => {
      const record = await kept.get(table, id)
      return record && table === 'queues' ? { ...record, locale: 'de' } : record
    },
  } as unknown as Reader
  const words = new LetterWords({ usual: 'de', directory: '' })
  const proofs = ['smtp-auth', 'letter'] as const
  const events = quietEvents()
  const site = {
    files: noFiles,
    signedIds,
    mailAddress: HELPDESK,
    attachUpTo: 0,
    gone: new Set<string>(),
    hours: HOURS,
    proofs,
    words,
    events,
  }
  const { subject, text } = (await render(reader, site, letter))!
  return `To: ${letter.to}\nSubject: ${subject}\n\n${`${text}`.replace(/\+([a-z])[.0-9a-z]+@/g, '+$1.…@')}`
}

const queue: Queue = {
  id: 1,
  title: 'Support',
  slug: 'support',
  email_address: SUPPORT,
  new_ticket_cc: [],
  updated_ticket_cc: [],
  escalate_days: null,
  default_owner: null,
  locale: 'en',
}
const ticket: Ticket = {
  id: 7,
  version: 1,
  queue: 1,
  title: 'The printer is on fire',
  submitter_email: ERIN,
  assigned_to: null,
  status: 1,
  on_hold: false,
  priority: 3,
  due_date: null,
  resolution: null,
  created: '2030-01-01T10:00:00.000Z',
  modified: '2030-01-01T10:00:00.000Z',
}
const followup: Followup = {
  id: 3,
  ticket: 7,
  date: '2030-01-01T10:00:00.000Z',
  comment: 'It burns.',
  public: true,
  author: { kind: 'operator' },
  door: 'shell',
  changes: [],
  attachments: [],
  message_id: null,
}
const letter: Letter = {
  id: 12,
  event: 'opened',
  to: ERIN,
  ticket: 7,
  followup: 3,
  answer: null,
  state: 'waiting',
  created: '2030-01-01T10:00:00.000Z',
  due: '2030-01-01T10:00:00.000Z',
  attempts: [],
}
interface World {
  readonly letter?: Partial<Letter>
  readonly ticket?: Partial<Ticket>
  readonly queue?: Partial<Queue>
  readonly followup?: Partial<Followup>
}

const HOURS = { at: '09:00', time_zone: 'UTC' }
/** The Files of a store without files. */
const noFiles = { stream: async () => undefined } as unknown as Files

/** The bytes and the envelope of a letter, in a store with one ticket. */
async function written(world: World, marks: SignedIds, files = noFiles) {
  const records: Record<string, unknown> = {
    tickets: { ...ticket, ...world.ticket },
    queues: { ...queue, ...world.queue },
    followups: { ...followup, ...world.followup },
  }
  const reader = { get: async (table: string) => records[table], find: async () => [] } as unknown as Reader
  const mail = await render(
    reader,
    {
      files,
      gone: new Set(),
      signedIds: marks,
      mailAddress: HELPDESK,
      attachUpTo: 0,
      hours: HOURS,
      proofs: ['smtp-auth'],
      words: new LetterWords(),
      events: quietEvents(),
    },
    { ...letter, ...world.letter },
  )
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message, envelope } = await transport.sendMail(mail!)
  return { raw: message as Buffer, envelope: { ...envelope, from: envelope.from || '' } }
}

/** The ids of the letter in all these tests. */
const LETTER = { id: 12, ticket: 7 }

async function marksFor(t: Test): Promise<SignedIds> {
  return signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [])
}

/** The header fields of a letter, unfolded. */
function fields(raw: Buffer): string[] {
  const [head = ''] = raw.toString('latin1').split('\r\n\r\n')
  return head.replace(/\r\n[ \t]/g, ' ').split('\r\n')
}

t.test('the header fields of a letter about a ticket', async t => {
  const marks = await marksFor(t)
  const world = { followup: { message_id: '<question@example.net>' } }
  const { raw, envelope } = await written(world, marks)
  t.strictSame(
    fields(raw).filter(field => !/^(Date|Content|MIME)/i.test(field)),
    [
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: DR, RN, NRN, AutoReply, OOF',
      `X-Helpdesk-Loop: ${marks.loop(1)}`,
      'X-Helpdesk-Queue: support',
      'X-Helpdesk-Ticket: 7',
      'X-Helpdesk-Event: opened',
      `Thread-Index: ${threadIndex(marks.threadId(7), ticket.created)}`,
      'From: Support <support@helpdesk.example>',
      'To: erin@example.net',
      `Reply-To: Support <${marks.keyAddress(LETTER)}>`,
      `References: ${marks.threadId(7)}`,
      'Subject: [support-7] The printer is on fire',
      `Message-ID: ${marks.messageId(LETTER)}`,
    ],
  )
  t.strictSame(envelope, { from: marks.returnPath(LETTER), to: [ERIN] })
  t.match(marks.letterOf(marks.returnPath(LETTER)), { number: 12, ticket: 7 })
  t.match(raw.toString(), /^Date: Tue, 01 Jan 2030 10:00:00 \+0000\r$/m)

  const again = await written({ ...world, letter: { attempts: [{ at: '', reply: '451' }] } }, marks)
  t.same(again.raw, raw, 'the next attempt sends the same letter')
})

t.test('the answer to a command has a null return path', async t => {
  const marks = await marksFor(t)
  const answer = { subject: 'hold 7', message_id: '<hold@example.org>', sentences: ['One.', 'Two.'] }
  const { raw, envelope } = await written({ letter: { event: 'answered', followup: null, answer } }, marks)
  t.strictSame(envelope, { from: '', to: [ERIN] })
  const all = fields(raw)
  for (const field of [
    'Auto-Submitted: auto-replied',
    'From: Helpdesk <helpdesk@helpdesk.example>',
    'Subject: Re: hold 7',
    'In-Reply-To: <hold@example.org>',
    `References: ${marks.threadId(7)} <hold@example.org>`,
  ])
    t.ok(all.includes(field), field)
  t.match(raw.toString(), /\r\n\r\nOne\.\r\n\r\nTwo\.\r\n\r\n\[support-7\] The printer is on fire\r\nOpen, /)

  const help = await written(
    { letter: { event: 'answered', ticket: null, answer: { ...answer, message_id: null } } },
    marks,
  )
  t.notMatch(help.raw.toString(), /References|In-Reply-To/)
})

t.test('a summary names tickets, and the number of updates of each', async t => {
  const marks = await marksFor(t)
  const summary = { event: 'summary', ticket: null, followup: null, followups: [3, 4], more: true } as const
  const { raw, envelope } = await written({ letter: summary }, marks)
  const { subject, text = '', from } = await simpleParser(raw)
  t.equal(subject, 'Summary of ticket updates')
  t.equal(from?.text, `"Helpdesk" <${HELPDESK}>`)
  t.match(text, /^\[support-7\] The printer is on fire \(2 times\)\nThere are more, /m)
  t.notMatch(text, /It burns/)
  t.same(envelope, { from: marks.returnPath({ id: 12, ticket: null }), to: [ERIN] })
  t.ok(fields(raw).includes('Auto-Submitted: auto-generated'))
})

t.test('the letter about held back letters is not an answer', async t => {
  const marks = await marksFor(t)
  const answer = { subject: 'Letters are held back', message_id: null, sentences: ['So it is.'] }
  const told = { event: 'held_back', ticket: null, followup: null, answer } as const
  const { raw, envelope } = await written({ letter: told }, marks)
  const { subject, text = '' } = await simpleParser(raw)
  t.equal(subject, 'Letters are held back')
  t.match(text, /^So it is\.$/m)
  t.same(envelope, { from: marks.returnPath({ id: LETTER.id, ticket: null }), to: [ERIN] })
  t.ok(fields(raw).includes('Auto-Submitted: auto-generated'))
})

t.test('a letter counts the helpdesk letters that led to it', async t => {
  const marks = await marksFor(t)
  const { raw } = await written({ followup: { hops: 1 } }, marks)
  t.ok(fields(raw).includes(`X-Helpdesk-Loop: ${marks.loop(2)}`))
})

t.test(
  'a letter about a ticket in a queue without an address comes from the address of the helpdesk',
  async t => {
    const { raw } = await written({ queue: { email_address: null } }, await marksFor(t))
    t.ok(fields(raw).includes(`From: Support <${HELPDESK}>`))
  },
)

const nasty = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '=?utf-8?Q?=0D=0ABcc:_evil@evil.example?=',
        '=?utf-8?B?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxlDQo=?=',
        '=?',
        '?=',
        '\r\nBcc: evil@evil.example',
        '\n',
        '\r',
        '\0',
        ',',
        '"',
        '\\',
        '<',
        '>',
        ';',
        ':',
        '@',
        ' ',
        '  ',
        '(',
        ')',
        'ü',
        '👣',
        '\u2028',
        '\u202e',
        '\t',
        'word',
        '.',
        '\r\n.\r\n',
        'From ',
        'a@b.example, c@d.example',
      ),
      { maxLength: 60 },
    )
    .map(parts => parts.join('')),
  fc.constantFrom('x'.repeat(5000), 'ü'.repeat(5000), `${'y'.repeat(2000)} =?z`, ' '.repeat(1500)),
)
const word = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}"
const label = '([a-z0-9]{1,10}|xn--[a-z0-9]{1,10}|[a-z]-?-[0-9a-z])'
const anyAddress = fc
  .stringMatching(new RegExp(`^${word}(\\.${word}){0,2}@${label}(\\.${label}){0,3}$`))
  .filter(address => maybeAddress(address) !== undefined)
const anyMessageId = fc.oneof(fc.constant(null), fc.stringMatching(/^<[!-;=?-~]{1,400}@[!-;=?-~]{1,500}>$/))
const cut = (text: string, most: number) => [...text].slice(0, most).join('')
const title = nasty.map(text => oneLine(cut(oneLine(text), 200))).filter(text => text !== '')

const OURS =
  /^(auto-submitted|x-auto-response-suppress|x-helpdesk-(loop|queue|ticket|event)|thread-index|from|reply-to|to|subject|message-id|in-reply-to|references|date|mime-version|content-type|content-transfer-encoding)$/

t.test(
  'with any content, a letter has one recipient, its subject, its text and only our header fields',
  async t => {
    const marks = await marksFor(t)
    const anyEvent = fc.constantFrom('opened', 'followed_up', 'resolved', 'answered')
    const property = fc.asyncProperty(
      anyEvent,
      title,
      title,
      nasty,
      anyMessageId,
      anyAddress,
      anyAddress,
      async (event, title, queueTitle, comment, message_id, to, email_address) => {
        const subject = cut(title.repeat(5), 1000)
        const { raw, envelope } = await written(
          {
            letter: { event, to, answer: { subject, message_id, sentences: [plainText(comment)] } },
            ticket: { title },
            queue: { title: cut(queueTitle, 100), email_address },
            followup: { comment: plainText(comment), message_id },
          } as World,
          marks,
        )

        const from = event === 'answered' ? '' : marks.returnPath(LETTER)
        assert.deepEqual(envelope, { from, to: [to] })
        for (const line of raw.toString('latin1').split('\r\n')) {
          if (line.length > 998 || /[\r\n\0]/.test(line)) throw new Error(`bad line: ${line}`)
        }
        const names = fields(raw).map(field => field.slice(0, field.indexOf(':')).toLowerCase())
        const strange = names.filter((name, index) => !OURS.test(name) || names.indexOf(name) !== index)
        assert.deepEqual(strange, [])
        const parsed = await simpleParser(raw)
        const expected = event === 'answered' ? `Re: ${subject}` : `[support-7] ${title}`
        assert.equal(parsed.subject, wellFormed(expected).trim())
        assert.equal([parsed.to].flat().flatMap(one => one?.value).length, 1)
        assert.ok(fields(raw).includes(`To: ${to}`), 'the address is not changed')
        assert.equal(parsed.from?.value.length, 1)
        const sender = event === 'answered' ? HELPDESK : email_address
        assert.ok(fields(raw).some(field => field.startsWith('From: ') && field.endsWith(`<${sender}>`)))
        assert.equal(parsed.messageId, marks.messageId(LETTER))
        if (event === 'answered') assert.equal(parsed.inReplyTo, message_id ?? undefined)
        assert.ok(
          parsed.text?.includes(wellFormed(plainText(comment)).trimEnd()),
          'the comment keeps its format',
        )
      },
    )
    await fc.assert(property, runs(300))
  },
)

function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

t.test('only our own marks are accepted, and any change is detected', async t => {
  const marks = await marksFor(t)
  const strange = await marksFor(t)
  const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(
      number,
      number,
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      (id, ticket, at, other) => {
        const path = marks.returnPath({ id, ticket })
        const ids = [marks.messageId({ id, ticket }), marks.threadId(ticket)]
        const { name: _, ...numbers } = marks.letterOf(path)!
        assert.deepEqual(numbers, { number: id, ticket })
        const shouted = marks.letterOf(path.toUpperCase())
        assert.deepEqual(shouted, marks.letterOf(path), 'the case of letters does not matter')
        assert.ok(maybeAddress(path), 'a return path is a valid address')
        for (const ours of ids) {
          assert.ok(marks.isOurMessageId(ours))
          assert.ok(!strange.isOurMessageId(ours))
          const changed = replaced(ours, at, other)
          if (changed !== ours) assert.ok(!marks.isOurMessageId(changed), changed)
        }
        assert.equal(strange.letterOf(path), undefined)
        const changed = replaced(path, at, other)
        if (changed.toLowerCase() !== path) assert.equal(marks.letterOf(changed), undefined, changed)
        for (const wrong of [
          `x${path}`,
          `${path}x`,
          path.replace('+b.', '+b.0'),
          path.replace('+b.', '+b0.'),
          ` ${path}`,
        ])
          assert.equal(marks.letterOf(wrong), undefined, wrong)
        assert.notEqual(path.split('.')[3], marks.messageId({ id, ticket }).split('.')[3])
      },
    ),
    runs(500),
  )
  t.ok(marks.isOurLoop(marks.loop(1)))
  t.ok(marks.isOurLoop(marks.loop(1).split(' ')[0]!), 'of letters without a count')
  t.notOk(marks.isOurLoop(strange.loop(1)))
  t.notOk(marks.isOurLoop(''))
})

function replaced(text: string, at: number, other: string): string {
  const index = at % text.length
  return text.slice(0, index) + other + text.slice(index + 1)
}
