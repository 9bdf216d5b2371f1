import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { connect } from '../../../../../daemon/shell/client.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Mail } from '../../../../../data/tables.ts'
import { FRED, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'

const ERIN = 'erin@example.net'
const MARK = 'mail.spam_header = "X-Spam-Status: Yes"'
const MARKED = { 'X-Spam-Status': 'Yes, score=7.3 required=5.0' }
const REASON = 'its header has X-Spam-Status: Yes'

async function lastMail({ config }: House): Promise<Mail> {
  return (await kept(config.state_dir, 'mails')).at(-1)!
}
/** How many tickets, follow-ups and letters there are. */
async function sizes({ config }: House): Promise<readonly number[]> {
  const tables = ['tickets', 'followups', 'letters'] as const
  return Promise.all(tables.map(async table => (await kept(config.state_dir, table)).length))
}
async function filtered(t: Test): Promise<House> {
  const built = await house(t, MARK)
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  return built
}

t.test('spam is accepted, kept and listed, and nothing else is done for it', async t => {
  const built = await filtered(t)
  const before = await sizes(built)
  const table: [string, Parameters<House['mail']>[0]][] = [
    ['a new mail', { subject: 'Pills', from: ERIN, to: SUPPORT }],
    ['to the helpdesk itself', { subject: 'Pills for you', from: 'ann@example.com' }],
    ['an answer of the submitter', { subject: 'Re: [support-1] The door', from: ERIN, to: SUPPORT }],
    ['a request for the status', { subject: 'status', from: ERIN, to: SUPPORT }],
    ['the address of a user', { subject: 'hold 1', from: SUSAN.address }],
    ['the address of another user, with a login', { subject: 'hold 1', from: SUSAN.address, login: FRED }],
    ['a machine', { subject: 'Cron', from: 'root@example.com', to: SUPPORT }],
    [
      'a failure notice to a queue',
      { subject: 'Undelivered Mail', from: 'MAILER-DAEMON@mx.example', to: SUPPORT, text: 'User unknown.' },
    ],
  ]
  for (const [what, mail] of table) {
    t.match(await built.mail({ ...mail, headers: MARKED }), /^250 /, what)
    t.match(
      await lastMail(built),
      { verdict: 'spam', reasons: [REASON], tickets: [], user: null, raw: /^[0-9a-f]{64}$/ },
      what,
    )
  }
  t.same(await sizes(built), before)
  const { says } = await built.shell('mails', 'spam')
  t.match(says, /^8 Undelivered Mail\n.* · MAILER-DAEMON@mx\.example · spam$/m)
  t.equal(says.match(/ · spam$/gm)!.length, table.length)
  const why = await built.shell('why', '2')
  t.equal(
    why.says.split('\n').slice(-5, -1).join('\n'),
    [
      'Nothing proves who sent it: its session did not log in.',
      'It was taken for mail that the spam filter of this site has marked: it is kept, and nothing else is done (spam).',
      `Noted: ${REASON}.`,
      'It is on no ticket.',
    ].join('\n'),
  )
  const metrics = await (await fetch(`http://127.0.0.1:${built.daemon.httpPort}/metrics`)).text()
  t.match(metrics, `helpdeskd_mail_refused_total{reason="spam"} ${table.length}`)
})

t.test(
  'the value counts alone or before something that is no part of a word, in any of the fields',
  async t => {
    const built = await filtered(t)
    const values: [string, 'spam' | 'ticket'][] = [
      ['Yes', 'spam'],
      ['YES', 'spam'],
      ['yes; 7', 'spam'],
      ['No\r\nx-spam-status: yes', 'spam'],
      ['Yes\r\nX-Spam-Status: No', 'spam'],
      ['\r\n Yes,\r\n score=7', 'spam'],
      ['Yesterday', 'ticket'],
      ['Yes_no', 'ticket'],
      ['Yes1', 'ticket'],
      ['No, Yes', 'ticket'],
      ['', 'ticket'],
      ['Yes\xe4', 'ticket'],
      ['No\r\nX-Spam-Flag: Yes', 'ticket'],
    ]
    for (const [index, [value, verdict]] of values.entries()) {
      const raw = Buffer.from(
        `From: ${ERIN}\r\nTo: ${SUPPORT}\r\nSubject: Offer ${index}\r\nX-Spam-Status: ${value}\r\n\r\nText.\r\n`,
        'latin1',
      )
      t.match(await sendRaw(built.daemon.smtpPort, { raw, from: ERIN, to: SUPPORT }), /^250 /)
      t.match(await lastMail(built), { verdict }, value)
    }
  },
)

t.test('proven users are heard, and so are reports about letters', async t => {
  const built = await filtered(t)
  t.match(await built.mail({ subject: 'hold 1', login: SUSAN, headers: MARKED }), /^250 /)
  t.match(await lastMail(built), { verdict: 'command', tickets: [1] })
  t.match(await built.mail({ subject: 'My desk', to: SUPPORT, login: SUSAN, headers: MARKED }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [2], reasons: [] })
  const path = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, []).returnPath({
    id: 1,
    ticket: 1,
  })
  const raw = `From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nX-Spam-Status: Yes\r\n\r\nStatus: 5.1.1 no such mailbox\r\n`
  t.match(await sendRaw(built.daemon.smtpPort, { raw, from: '', to: path }), /^250 /)
  t.match(await lastMail(built), { verdict: 'report', tickets: [1] })
})

t.test('a replay does not look at the mark', async t => {
  const built = await filtered(t)
  await built.mail({ subject: 'A real question', from: ERIN, to: SUPPORT, headers: MARKED })
  const { id } = await lastMail(built)
  const client = await connect(built.config.state_dir, built.events)
  t.teardown(() => client.close())
  const dry = await client.run({ method: 'replay_mail', params: { mail: String(id) } })
  t.match(dry.says, /^It was taken for a new request, which opens a ticket \(ticket\)\./)
  const done = await client.run({ method: 'replay_mail', params: { mail: String(id), yes: 'y' } })
  t.match(done.says, /It opened ticket 2/)
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [2], replay_of: id })
  const again = await client.run({ method: 'replay_mail', params: { mail: String(id), yes: 'y' } })
  t.match(again, { exit: 75 })
})

t.test('without a mark in the config, nothing is spam', async t => {
  const built = await house(t)
  t.match(await built.mail({ subject: 'Pills', from: ERIN, to: SUPPORT, headers: MARKED }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ticket', reasons: [] })
})
