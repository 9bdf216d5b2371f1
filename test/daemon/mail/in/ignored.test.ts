import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys, sha256 } from '../../../../data/secret.ts'
import type { Mail } from '../../../../data/tables.ts'
import { queue } from '../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../house.ts'
import { blinded } from '../blinded.ts'
import { kept } from '../kept.ts'
import { sendRaw } from '../wire.ts'

const SALES = 'sales@helpdesk.example'
const ANN = 'ann@spam.example'
const ERIN = 'erin@example.net'

/** A house with the queues Support (1) and Sales (2), and these entries in its ignore list. */
async function ignoring(t: Test, entries: readonly Record<string, string>[], more = ''): Promise<House> {
  const built = await house(t, more, async tx => {
    await furnishUsually(tx)
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: SALES }))
  })
  for (const entry of entries) {
    const { status, body } = await built.susan('add_ignore', entry)
    if (status !== 200) throw new Error(body)
  }
  return built
}

async function lastMail({ config }: House): Promise<Mail> {
  return (await kept(config.state_dir, 'mails')).at(-1)!
}
async function sizes({ config }: House): Promise<readonly number[]> {
  const tables = ['tickets', 'followups', 'letters'] as const
  return Promise.all(tables.map(async table => (await kept(config.state_dir, table)).length))
}
async function ignoredSoFar({ daemon }: House): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${daemon.httpPort}/metrics`)).text()
  return Number(/^helpdeskd_mail_refused_total\{reason="ignored"\} (.*)$/m.exec(text)?.[1])
}
function rawFrom(from: string, subject: string, more = ''): string {
  return `From: ${from}\r\nSubject: ${subject}\r\nMessage-ID: <${sha256(subject)}@x.example>\r\n${more}\r\nText.\r\n`
}

t.test('ignored mail is accepted and kept, and nothing else is done for it', async t => {
  const built = await ignoring(t, [{ email: '*@spam.example' }, { email: 'bob@*' }])
  const before = await ignoredSoFar(built)
  const attachments = [{ filename: 'a.txt', content: 'An offer.' }]
  const reason = (entry: string, to = SUPPORT) =>
    `entry ${entry} of the ignore list, ${entry === '1' ? '*@spam.example' : 'bob@*'}, for ${to}`
  t.match(await built.mail({ subject: 'Offer', from: `Ann <${ANN}>`, to: SUPPORT, attachments }), /^250 /)
  const mail = await lastMail(built)
  t.match(mail, {
    verdict: 'ignored',
    reasons: [reason('1')],
    from: ANN,
    subject: 'Offer',
    tickets: [],
    user: null,
    raw: /^[0-9a-f]{64}$/,
    network: String,
  })
  const files = readdirSync(join(built.config.state_dir, 'files'), { recursive: true }).map(String)
  t.same(
    files.map(path => path.split('/').at(-1)!).filter(name => name.length === 64),
    [mail.raw],
    'only the raw mail is kept, not its attachment',
  )
  const table: [string, () => Promise<string>, string][] = [
    [
      'another domain',
      () => built.mail({ subject: '1', from: 'bob@away.example', to: SALES }),
      reason('2', SALES),
    ],
    [
      'to the helpdesk itself, which has no default queue',
      () => built.mail({ subject: '2', from: ANN }),
      reason('1', HELPDESK),
    ],
    [
      'a request for the status',
      () => built.mail({ subject: 'status', from: ANN, to: SUPPORT }),
      reason('1'),
    ],
    [
      'a machine',
      () => built.mail({ subject: '3', from: ANN, to: SUPPORT, headers: { Precedence: 'bulk' } }),
      reason('1'),
    ],
    ['no words', () => built.mail({ subject: '', from: ANN, to: SUPPORT }), reason('1')],
    [
      'From has no address, but the envelope',
      () =>
        sendRaw(built.daemon.smtpPort, { raw: rawFrom('Ann', '4'), from: 'ANN@Spam.example', to: SUPPORT }),
      reason('1'),
    ],
  ]
  for (const [what, send, why] of table) {
    t.match(await send(), /^250 /, what)
    t.match(await lastMail(built), { verdict: 'ignored', reasons: [why], tickets: [] }, what)
  }
  t.same(await sizes(built), [0, 0, 0])
  t.equal(await ignoredSoFar(built), before + 1 + table.length)
  const told = built.log.map(line => JSON.parse(line)).filter(({ event }) => event === 'mail_received')
  t.equal(told.length, 1 + table.length)
  t.match(told[0], { verdict: 'ignored', reasons: [reason('1')], mail: 1, tickets: [], session: String })
})

t.test('mail that cannot be parsed is ignored, too', async t => {
  const built = await ignoring(t, [{ email: '*@spam.example' }])
  const { smtpPort } = await blinded(t, built)
  t.match(await sendRaw(smtpPort, { raw: rawFrom(ANN, 'Offer'), from: ERIN, to: SUPPORT }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ignored', reasons: [/^entry 1 /], tickets: [] })
  t.same(await sizes(built), [0, 0, 0])
})

t.test('other mail is not ignored, whatever its envelope, Reply-To or Sender', async t => {
  const built = await ignoring(t, [{ email: '*@spam.example' }])
  const headers = { 'Reply-To': ANN, Sender: ANN }
  t.match(
    await built.mail({ subject: 'Hello', from: ERIN, to: SUPPORT, envelopeFrom: ANN, headers }),
    /^250 /,
  )
  t.match(await lastMail(built), { verdict: 'ticket', reasons: [], tickets: [1] })
  await built.susan('remove_ignore', { ignore: '1' })
  t.match(await built.mail({ subject: 'Offer', from: ANN, to: SUPPORT }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ticket', reasons: [], tickets: [2] })
})

t.test('of several queues, those that do not ignore the sender open tickets', async t => {
  const built = await ignoring(
    t,
    [{ email: '*@*.spam.example', queues: 'support' }],
    'mail.queue = "support"',
  )
  const offer = { from: 'ann@mail.spam.example', to: [SUPPORT, SALES, HELPDESK] }
  const because = (entry: string, to: string) => `entry ${entry}, for ${to}`
  t.match(await built.mail({ ...offer, subject: 'Offer' }), /^250 /)
  t.match(await lastMail(built), {
    verdict: 'ticket',
    tickets: [1],
    reasons: [
      because('1 of the ignore list, *@*.spam.example', SUPPORT),
      because('1 of the ignore list, *@*.spam.example', HELPDESK),
    ],
  })
  t.match(await built.mail({ ...offer, subject: 'Bulk', headers: { Precedence: 'bulk' } }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [2], reasons: { length: 3 } })
  const tickets = await kept(built.config.state_dir, 'tickets')
  t.same(
    tickets.map(({ queue }) => queue),
    [2, 2],
  )
  await built.susan('add_ignore', { email: '*@mail.spam.example', queues: 'sales' })
  t.match(await built.mail({ ...offer, subject: 'Another offer' }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ignored', tickets: [], reasons: { length: 3 } })
  t.equal((await lastMail(built)).reasons[1], because('2 of the ignore list, *@mail.spam.example', SALES))
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 2)
})

t.test('an answer is ignored as the queue of its ticket does', async t => {
  const built = await ignoring(t, [{ email: ANN, queues: 'support' }])
  for (const queue of ['support', 'sales'])
    await built.susan('create_ticket', { queue, title: 'The door', submitter_email: ANN })
  await built.letters(2)
  const before = await sizes(built)
  for (const to of [SUPPORT, SALES]) {
    t.match(await built.mail({ subject: `Re: [support-1] To ${to}`, from: ANN, to, text: 'More.' }), /^250 /)
    t.match(await lastMail(built), { verdict: 'ignored', tickets: [] }, to)
  }
  const path = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, []).returnPath({
    id: 1,
    ticket: 1,
  })
  const away = rawFrom(ANN, 'Away', 'Auto-Submitted: auto-replied\r\n')
  t.match(await sendRaw(built.daemon.smtpPort, { raw: away, from: '', to: path }), /^250 /)
  t.match(
    await lastMail(built),
    { verdict: 'ignored', tickets: [] },
    'an answer of a machine to a return path',
  )
  t.same(await sizes(built), before)

  t.match(
    await built.mail({ subject: 'Re: [sales-2] The door', from: ANN, to: SUPPORT, text: 'More.' }),
    /^250 /,
  )
  t.match(await lastMail(built), { verdict: 'followup', tickets: [2], reasons: [] })
})

t.test('a report that a letter did not arrive is never ignored', async t => {
  const built = await ignoring(t, [{ email: 'mailer-daemon@*' }])
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  const path = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, []).returnPath({
    id: 1,
    ticket: 1,
  })
  const raw =
    'From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n\r\nStatus: 5.1.1 no such mailbox\r\n'
  t.match(await sendRaw(built.daemon.smtpPort, { raw, from: '', to: path }), /^250 /)
  t.match(await lastMail(built), { verdict: 'report', tickets: [1] })
  t.match(await built.mail({ subject: 'Bounce', from: 'Mailer-Daemon@mx.example', to: SUPPORT }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ignored' })
})

t.test('a proven user is never ignored, an unproven one is, and hears nothing of it', async t => {
  const built = await ignoring(t, [{ email: '*@example.org', force: 'y' }])
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  const before = await sizes(built)
  for (const login of [undefined, FRED]) {
    const more = login ? { login } : {}
    t.match(await built.mail({ subject: 'hold 1', from: SUSAN.address, ...more }), /^250 /)
    t.match(await lastMail(built), {
      verdict: 'ignored',
      reasons: [/^entry 1 /, 'not proven to be from susan'],
      user: null,
    })
  }
  t.same(await sizes(built), before)
  t.match(await built.mail({ subject: 'hold 1', login: SUSAN }), /^250 /)
  t.match(await lastMail(built), { verdict: 'command', tickets: [1], user: 1 })
  t.match(await built.mail({ subject: 'My desk', to: SUPPORT, login: SUSAN }), /^250 /)
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [2] })
})

t.test(
  'mail to the helpdesk is ignored as its queue does, and a nearly full disk is told as for other mail',
  async t => {
    const built = await ignoring(t, [{ email: ANN, queues: 'support' }])
    t.match(await built.mail({ subject: 'Offer', from: ANN }), /^250 /)
    t.match(await lastMail(built), { verdict: 'ignored' }, 'the queue for mail to the helpdesk ignores it')
    const full = await house(t, `store.min_free = ${Number.MAX_SAFE_INTEGER}`, async tx => {
      await furnishUsually(tx)
      await tx.put('ignores', { id: 1, email: ANN, name: '', created: new Date().toISOString() })
    })
    const raw = `From: ${ANN}\r\nSubject: \r\n\r\n`
    for (const login of [{}, { login: FRED }])
      t.match(await sendRaw(full.daemon.smtpPort, { raw, from: ANN, to: SUPPORT, ...login }), /^452 4\.3\.1 /)
    t.same(await kept(full.config.state_dir, 'mails'), [])
  },
)

t.test('a full list is looked up in a moment, whatever the sender', async t => {
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    const created = new Date().toISOString()
    for (let n = 1; n < 1000; n++)
      await tx.put('ignores', { id: n, email: `*@*.${'a.'.repeat(100)}s${n}.example`, name: '', created })
    await tx.put('ignores', { id: 1000, email: `*@*.${'a.'.repeat(60)}example`, name: '', created })
  })
  const reply = await built.mail({ subject: 'x', from: `x@${'a.'.repeat(61)}example`, to: SUPPORT })
  t.match(reply, /^250 /)
  t.match(await lastMail(built), { verdict: 'ignored', reasons: [/^entry 1000 /] })
})
