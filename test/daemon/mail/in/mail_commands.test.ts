import t from 'tap'
import type { Holding } from '../../../../daemon/files/holding.ts'
import { commandsOf, receivedBy } from '../../../../daemon/mail/in/mail_commands.ts'
import type { Received } from '../../../../daemon/mail/in/received.ts'
import type { Ticket } from '../../../../data/tables.ts'
import type { Command } from '../../../../handlers/call.ts'
import type { KeptText } from '../../../../handlers/params/kept_text.ts'
import { queue } from '../../../data/records.ts'

const MAIL: Received = {
  headers: { block: '', fields: [], bodyStart: 0 },
  subject: 'Hello',
  text: { beginning: 'Text.' },
  from: 'erin@example.net',
  messageId: null,
  attachments: [],
  raw: null,
  unkept: undefined,
  notKept: { files: [], endOfText: false, raw: false },
  parsed: true,
  fingerprint: 'f'.repeat(64),
  marked: true,
}
const JUDGEMENT = {
  verdict: 'ticket',
  automatic: false,
  proven: undefined,
  reasons: [],
  act: { kind: 'ticket', queues: [{ id: 3, ...queue() }] },
} as const
const DAY = 24 * 60 * 60 * 1000

t.test('a mail is known by short keys, and by those that were kept before', async t => {
  const own = receivedBy(MAIL, 'Support@example.org', 2, 20)
  t.match(own, {
    key: /^[\w-]{24}$/,
    former: `mail ${MAIL.fingerprint} to support@example.org by 2`,
    milliseconds: 20 * DAY,
  })
  t.equal(receivedBy(MAIL, 'support@example.org', 2, 20).key, own.key)
  t.not(receivedBy(MAIL, 'support@example.org', null, 20).key, own.key)
  t.not(receivedBy({ ...MAIL, fingerprint: 'e'.repeat(64) }, 'support@example.org', 2, 20).key, own.key)
  t.equal(receivedBy({ ...MAIL, marked: false }, 'support@example.org', 2, 20).milliseconds, DAY / 144)
  // A title that fits puts nothing in a file.
  t.match(await commandsOf({} as Holding, JUDGEMENT, MAIL, 20), [
    { once: { key: /^[\w-]{24}$/, former: `mail ${MAIL.fingerprint} queue 3`, milliseconds: 20 * DAY } },
  ])
})

t.test('a subject with nothing to see is no title', async t => {
  // Cut for a title, the last is nothing but invisible; the text keeps it whole.
  const long = `${'\u200b'.repeat(300)}printer`
  for (const subject of ['', ' ', '\u200b', '\u3164\u00a0\u2800', '\u202e']) {
    const [command] = await commandsOf({} as Holding, JUDGEMENT, { ...MAIL, subject }, 20)
    const params = { title: { given: '(no subject)' }, body: { given: MAIL.text } }
    t.match(command, { params }, JSON.stringify(subject))
  }
  const [command] = await commandsOf({} as Holding, JUDGEMENT, { ...MAIL, subject: long }, 20)
  const body = { given: { beginning: `Subject: ${long}\n\nText.` } }
  t.match(command, { params: { title: { given: '(no subject)' }, body } })
})

t.test('an answer with nothing to see says so', async t => {
  const ticket = { id: 5 } as Ticket
  const judgement = { ...JUDGEMENT, act: { kind: 'followup', ticket, public: true } } as const
  const messageOf = async (text: KeptText) => {
    const [command] = await commandsOf({} as Holding, judgement, { ...MAIL, text }, 20)
    return (command as Command).params.message
  }
  for (const beginning of ['', '\u200b\n\u00a0'])
    t.same(await messageOf({ beginning }), { given: { beginning: '(This mail has no text.)' } })
  const long = { beginning: '\u200b', file: 'f' }
  t.same(await messageOf(long), { given: long }, 'not of a text that goes on in a file')
})
