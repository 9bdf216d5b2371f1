import t from 'tap'
import type { Holding } from '../../../../daemon/files/holding.ts'
import { commandsOf, receivedBy } from '../../../../daemon/mail/in/mail_commands.ts'
import type { Received } from '../../../../daemon/mail/in/received.ts'
import { DAY } from '../../../../data/durations.ts'
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
  const judgement = {
    verdict: 'ticket',
    automatic: false,
    proven: undefined,
    reasons: [],
    act: { kind: 'ticket', queues: [{ id: 3, ...queue() }] },
  } as const
  // A title that fits puts nothing in a file.
  t.match(await commandsOf({} as Holding, judgement, MAIL, 20), [
    { once: { key: /^[\w-]{24}$/, former: `mail ${MAIL.fingerprint} queue 3`, milliseconds: 20 * DAY } },
  ])
})
