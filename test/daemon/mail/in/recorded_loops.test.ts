import t, { type Test } from 'tap'
import { readHeaders } from '../../../../daemon/mail/in/headers.ts'
import { hasTooManyServers, loopOf } from '../../../../daemon/mail/in/loops.ts'
import { type SignedIds, signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { connect } from '../../../../daemon/shell/client.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Mail } from '../../../../data/tables.ts'
import { directoryFor, furnishUsually, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../house.ts'
import { kept } from '../kept.ts'
import { sendRaw } from '../wire.ts'

const ERIN = 'erin@example.net'
const BY_MARK = 'its X-Helpdesk-Loop is that of our letters'
const BY_ID = 'its Message-ID is that of one of our letters'
const BY_COUNT = 'its X-Helpdesk-Loop counts 3 letters of helpdesks in a row'
const THIRD = 'X-Helpdesk-Loop: 0123456789abcdef 3'
const LETTER = { id: 1, ticket: 1 }

async function idsIn(stateDirectory: string): Promise<SignedIds> {
  return signedIdsOf(await openKeys(stateDirectory), HELPDESK, [])
}

/** A house whose ticket 1 is of erin, at whose address letters do not arrive. */
async function deaf(t: Test): Promise<House & { readonly ids: SignedIds }> {
  const since = new Date().toISOString()
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.add('failing', { address: ERIN, count: 3, reply: '550 5.1.1 gone', last: since, since })
  })
  await built.susan('create_ticket', {
    queue: '1',
    title: 'The door',
    submitter_email: ERIN,
    assigned_to: 'fred',
  })
  return { ...built, ids: await idsIn(built.config.state_dir) }
}
function mailOf(...fields: string[]): string {
  return [`From: Erin <${ERIN}>`, `To: ${SUPPORT}`, ...fields, '', 'It squeaks.', ''].join('\r\n')
}
async function lastMail({ config }: House): Promise<Mail> {
  return (await kept(config.state_dir, 'mails')).at(-1)!
}
/** How many records there are of what a mail could do. */
async function sizes({ config }: House): Promise<readonly number[]> {
  const tables = ['tickets', 'followups', 'letters', 'failing'] as const
  return Promise.all(tables.map(async table => (await kept(config.state_dir, table)).length))
}

t.test('what a loop is', async t => {
  const ids = await idsIn(directoryFor(t))
  const path = ids.returnPath(LETTER)
  const [mark, id] = [`X-Helpdesk-Loop: ${ids.loop(2)}`, `Message-ID: ${ids.messageId(LETTER)}`]
  const table: [what: string, fields: string[], from: string, to: string, loop: string | undefined][] = [
    ['a mail', ['Subject: x'], ERIN, SUPPORT, undefined],
    ['our mark', [mark], ERIN, SUPPORT, BY_MARK],
    ['our mark among others', ['X-Helpdesk-Loop: x', mark], ERIN, SUPPORT, BY_MARK],
    ['our mark behind a null return path', [mark], '', SUPPORT, BY_MARK],
    ['our Message-ID', [id], ERIN, SUPPORT, BY_ID],
    ['the Message-ID of a ticket', [`Message-ID: ${ids.threadId(1)}`], ERIN, SUPPORT, BY_ID],
    ['a forged Message-ID', [id.replace(/[0-9a-f]@/, 'x@')], ERIN, SUPPORT, undefined],
    ['an answer', [id.replace('Message-ID', 'In-Reply-To')], ERIN, SUPPORT, undefined],
    ['two helpdesks', ['X-Helpdesk-Loop: 0123456789abcdef 2'], ERIN, SUPPORT, undefined],
    ['three helpdesks', [THIRD], ERIN, SUPPORT, BY_COUNT],
    ['a report', [mark, id, THIRD], '', path, undefined],
    ['a report with a sender', [mark], 'mailer@mx.example', path, undefined],
    ['our letter at its return path', [mark, id], ERIN, path, BY_ID],
  ]
  for (const [what, fields, envelopeFrom, recipient, loop] of table) {
    const headers = readHeaders(Buffer.from(`${fields.join('\r\n')}\r\n\r\n`))
    t.equal(loopOf(headers, { envelopeFrom, recipients: [recipient] }, ids), loop, what)
  }
  const passed = (servers: number) => readHeaders(Buffer.from('Received: from a by b\r\n'.repeat(servers)))
  t.same(
    [50, 51].map(servers => hasTooManyServers(passed(servers))),
    [false, true],
  )
})

t.test('a mail in a loop is accepted and recorded, and nothing else is done', async t => {
  const built = await deaf(t)
  const { daemon, ids, log } = built
  const [letter] = await built.letters(1)
  const stop = ids.stopAddress(1, ERIN)!
  const mark = `X-Helpdesk-Loop: ${ids.loop(1)}`
  const before = await sizes(built)
  const table: [
    what: string,
    mail: Parameters<typeof sendRaw>[1],
    reason: string,
    more?: Record<string, unknown>,
  ][] = [
    ['our letter', { raw: letter!, from: ERIN, to: SUPPORT }, BY_MARK, { from: SUPPORT }],
    [
      'an answer with our mark',
      { raw: mailOf(mark, 'Subject: =?utf-8?Q?Re:_[support-1]_T=C3=BCr?='), from: ERIN, to: SUPPORT },
      BY_MARK,
      { from: ERIN, subject: 'Re: [support-1] Tür', network: /./, proven: undefined },
    ],
    [
      'our Message-ID',
      { raw: mailOf(`Message-ID: ${ids.messageId(LETTER)}`, 'Subject: x'), from: ERIN, to: SUPPORT },
      BY_ID,
    ],
    [
      'a third letter',
      { raw: mailOf(THIRD, 'Subject: The door squeaks'), from: ERIN, to: SUPPORT },
      BY_COUNT,
    ],
    ['to a stop address', { raw: mailOf(mark, 'Subject: stop'), from: ERIN, to: stop }, BY_MARK],
    [
      'a command with a login',
      { raw: `${mark}\r\nFrom: ${SUSAN.address}\r\nSubject: hold 1\r\n\r\n`, to: HELPDESK, login: SUSAN },
      BY_MARK,
      { proven: true, user: null },
    ],
  ]
  for (const [what, mail, reason, more = {}] of table) {
    t.match(await sendRaw(daemon.smtpPort, mail), /^250 /, what)
    const wanted = { verdict: 'loop', reasons: [reason], tickets: [], raw: /^[0-9a-f]{64}$/, ...more }
    t.match(await lastMail(built), wanted, what)
  }
  const events = log.map(line => JSON.parse(line)).filter(({ event }) => /^mail_/.test(event))
  t.match(
    events,
    table.map((_, at) => ({ event: 'mail_received', mail: at + 1, verdict: 'loop' })),
  )
  t.equal(events.length, table.length)
  const [, mail] = table[0]!
  t.match(await sendRaw(daemon.smtpPort, mail), /^250 /, 'our letter again')
  t.equal((await kept(built.config.state_dir, 'mails')).length, table.length, 'is recorded once')
  t.same(await sizes(built), before)
  const metrics = await (await fetch(`http://127.0.0.1:${daemon.httpPort}/metrics`)).text()
  t.match(metrics, `helpdeskd_mail_refused_total{reason="loop"} ${table.length}`)

  const { says } = await built.shell('mails', 'loop')
  t.match(says, /^4 The door squeaks\n.* · erin@example\.net · loop$/m)
  t.equal(says.match(/ · loop$/gm)!.length, table.length)
  t.equal(
    (await built.shell('why', '4')).says.split('\n').slice(-5, -1).join('\n'),
    [
      'Nothing proves who sent it: its session did not log in.',
      'It was taken for mail in a loop, which is one of our own letters or a letter of a helpdesk to a helpdesk: it is kept, and nothing else is done (loop).',
      `Noted: ${BY_COUNT}.`,
      'It is on no ticket.',
    ].join('\n'),
  )
})

t.test('a replay makes of it what it would be outside of the loop', async t => {
  const built = await deaf(t)
  const [letter] = await built.letters(1)
  await sendRaw(built.daemon.smtpPort, {
    raw: mailOf(THIRD, 'Subject: A real question'),
    from: ERIN,
    to: SUPPORT,
  })
  await sendRaw(built.daemon.smtpPort, { raw: letter!, from: ERIN, to: SUPPORT })
  const client = await connect(built.config.state_dir, built.events)
  t.teardown(() => client.close())
  const replay = (mail: number, yes = {}) =>
    client.run({ method: 'replay_mail', params: { mail: String(mail), ...yes } })
  t.match(
    (await replay(1)).says,
    /^It was taken for mail that a machine wrote.* \(automatic\)\.\n[\s\S]*\nTicket 2 is open .*\n[\s\S]*With --yes, that is done\.$/,
  )
  t.match((await replay(1, { yes: 'y' })).says, /It opened ticket 2/)
  t.match(await lastMail(built), { verdict: 'automatic', tickets: [2], replay_of: 1 })
  t.match((await replay(2, { yes: 'y' })).says, /It was added to ticket 1/)
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), { ticket: 1, public: false })
  t.same(
    (await kept(built.config.state_dir, 'letters')).filter(({ to }) => to === SUPPORT),
    [],
  )
})
