import t from 'tap'
import type { Holding } from '../../../../daemon/files/holding.ts'
import type { Act } from '../../../../daemon/mail/in/judgement.ts'
import { commandsOf } from '../../../../daemon/mail/in/mail_commands.ts'
import type { Received } from '../../../../daemon/mail/in/received/received.ts'
import { receivedBy } from '../../../../daemon/mail/in/repeats.ts'
import type { ReturnedLetter } from '../../../../daemon/mail/signed_ids.ts'
import type { Ticket } from '../../../../data/tables.ts'
import type { Command } from '../../../../handlers/call.ts'
import { parseCommand } from '../../../../handlers/command/command.ts'
import type { KeptText } from '../../../../handlers/params/kept_text.ts'
import { queue } from '../../../data/records.ts'
import { agent, TICKET } from '../../../handlers/fixture.ts'

const ERIN = { address: 'erin@example.net', name: 'Erin', written: 'Erin <erin@example.net>' }
const SUBMITTER = { address: ERIN.address, name: ERIN.name, by: 'from' } as const
const MAIL: Received = {
  headers: { block: '', fields: [], values: new Map(), bodyStart: 0, isProper: true },
  subject: 'Hello',
  isSubjectGuess: false,
  text: { beginning: 'Text.' },
  textSize: 5,
  newText: undefined,
  forward: undefined,
  isNew: true,
  newWords: { text: 'Text.', isCut: false, isNew: true },
  html: null,
  lines: [],
  guesses: [],
  recipientStatuses: [],
  reportedIds: [],
  feedbackType: undefined,
  from: ERIN,
  replyTo: { address: null, name: '', written: '' },
  to: [],
  cc: [],
  messageId: null,
  attachments: [],
  raw: null,
  unkept: undefined,
  notKept: { files: [], tooLarge: [], endOfText: false, raw: false },
  parsed: true,
  fingerprint: 'f'.repeat(64),
  identified: true,
}
const JUDGEMENT = {
  verdict: 'ticket',
  kind: 'person',
  author: { address: SUBMITTER.address, name: SUBMITTER.name },
  isAcknowledged: true,
  joining: [],
  proven: undefined,
  proof: undefined,
  spentKeys: [],
  reasons: [],
  act: {
    kind: 'ticket',
    importance: undefined,
    queues: [{ id: 3, ...queue() }],
    slugs: new Set(['support']),
    submitter: SUBMITTER,
  },
} as const
const KEPT = { keepDays: 20, sessionUser: null, lines: [] }
const DAY = 24 * 60 * 60 * 1000

t.test('a repeated mail is recognized by its short key, and by the key of the old form', async t => {
  const own = receivedBy(MAIL, 'Support@example.org', '2', 20)
  t.match(own, {
    key: /^[\w-]{24}$/,
    former: `mail ${MAIL.fingerprint} to support@example.org by 2`,
    milliseconds: 20 * DAY,
  })
  t.equal(receivedBy(MAIL, 'support@example.org', '2', 20).key, own.key)
  t.not(receivedBy(MAIL, 'support@example.org', 'anybody', 20).key, own.key)
  t.not(receivedBy({ ...MAIL, fingerprint: 'e'.repeat(64) }, 'support@example.org', '2', 20).key, own.key)
  t.equal(receivedBy({ ...MAIL, identified: false }, 'support@example.org', '2', 20).milliseconds, DAY / 144)
  // A title that fits does not create a file.
  t.match(await commandsOf({} as Holding, JUDGEMENT, MAIL, KEPT), [
    { once: { key: /^[\w-]{24}$/, former: `mail ${MAIL.fingerprint} queue 3`, milliseconds: 20 * DAY } },
  ])
})

/** The commands for an act and a mail, without the keys by which a repeat is recognized. */
async function commandsFor(act: Act, mail: Received = MAIL): Promise<object[]> {
  const judgement = {
    verdict: 'ticket',
    kind: 'person',
    author: { address: SUBMITTER.address, name: SUBMITTER.name },
    isAcknowledged: true,
    joining: [],
    proven: undefined,
    proof: undefined,
    spentKeys: [],
    reasons: [],
    act,
  } as const
  const commands = await commandsOf({} as Holding, judgement, mail, KEPT)
  return commands.map(({ once, ...command }) => command)
}

function commandOf(subject: string): Act {
  const user = agent(1, 'susan', ['susan@example.org'])
  return { kind: 'command', said: [parseCommand(subject)!], user, to: 'susan@example.org' }
}

t.test('ids, flags and the content of the mail are passed on unchanged', async t => {
  t.same(
    await commandsFor({
      kind: 'ticket',
      importance: undefined,
      queues: [{ id: 3, ...queue() }],
      slugs: new Set(['support']),
      submitter: SUBMITTER,
    }),
    [
      {
        method: 'create_ticket',
        params: {
          queue: 3,
          title: { line: 'Hello' },
          body: MAIL.text,
          submitter_email: { address: 'erin@example.net', name: 'Erin' },
          attachments: [],
        },
      },
    ],
  )
  t.same(
    await commandsFor({
      kind: 'followup',
      ticket: TICKET,
      public: false,
      party: 'submitter',
      by: 'tag' as const,
    }),
    [
      {
        method: 'add_followup',
        params: { ticket: 31794, message: MAIL.text, public: false, attachments: [] },
      },
    ],
  )
  const letter = { name: 'x', number: 7, ticket: 31794 } as ReturnedLetter
  t.same(
    await commandsFor({
      kind: 'report',
      letter,
      by: 'return_path',
      report: { outcome: 'failed', reason: '550 no such mailbox' },
    }),
    [
      {
        method: 'report_letter',
        params: {
          letter: 7,
          ticket: 31794,
          reply: { line: '550 no such mailbox' },
          outcome: 'failed',
          by: 'return_path',
        },
      },
    ],
  )
})

t.test('an unknown parameter is refused', async t => {
  t.same(await commandsFor(commandOf('hold_ticket ticket=31794 reason=x')), [
    { method: 'hold_ticket', params: { ticket: '31794', reason: 'x\n\nText.', attachments: [] } },
  ])
  t.match(await commandsFor(commandOf('hold_ticket ticket=31794 raeson=x')), [
    {
      refused: {
        code: 'invalid',
        message: 'hold_ticket has no parameter "raeson"; it has: ticket, until, reason, expect, dry_run.',
      },
    },
  ])
})

t.test(
  'instead of a subject without visible characters, the first line of the text becomes the title',
  async t => {
    // The visible part of the last one is beyond the end of a title; the text gets the whole subject.
    const long = `${'\u200b'.repeat(300)}printer`
    for (const subject of ['', ' ', '\u200b', '\u3164\u00a0\u2800', '\u202e']) {
      const [command] = await commandsOf({} as Holding, JUDGEMENT, { ...MAIL, subject }, KEPT)
      const params = { title: { line: 'Text.' }, body: MAIL.text }
      t.match(command, { params }, JSON.stringify(subject))
    }
    const [command] = await commandsOf({} as Holding, JUDGEMENT, { ...MAIL, subject: long }, KEPT)
    const body = { beginning: `Subject: ${long}\n\nText.` }
    t.match(command, { params: { title: { line: '(no subject)' }, body } })
  },
)

t.test('a follow-up without visible characters says that the mail has no text', async t => {
  const ticket = { id: 5 } as Ticket
  const judgement = {
    ...JUDGEMENT,
    act: { kind: 'followup', ticket, public: true, party: 'submitter', by: 'tag' as const },
  } as const
  const messageOf = async (text: KeptText) => {
    const [command] = await commandsOf({} as Holding, judgement, { ...MAIL, text }, KEPT)
    return (command as Command).params.message
  }
  for (const beginning of ['', '\u200b\n\u00a0'])
    t.same(await messageOf({ beginning }), { beginning: '(This mail has no text.)' })
  const long = { beginning: '\u200b', file: 'f' }
  t.same(await messageOf(long), long, 'a text that continues in a file is not changed')
})
