import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DAY } from '../../../../data/durations.ts'
import { queue } from '../../../data/records.ts'
import {
  furnishUsually,
  HELPDESK,
  type House,
  house,
  inStore,
  SUPPORT,
  SUSAN,
  startFor,
} from '../../../house.ts'
import { kept } from '../kept.ts'
import { handOver, rawMailer, sendRaw, stuffed, type Wire, wireFor } from '../wire.ts'

const ANN = 'ann@customer.example'
const SALES = 'sales@helpdesk.example'
const TRACE = [
  'Return-Path: <ann@customer.example>',
  'Delivered-To: support@helpdesk.example',
  'Received: from mx.customer.example by mail.helpdesk.example with ESMTPS id 4f1; Tue, 24 Nov 2026 09:30:03 +0100',
]

/** A mail from ann; each number is another mail. */
function annsMail(number: number, trace = TRACE): string {
  return [
    ...trace,
    `From: Ann Lee <${ANN}>`,
    `To: ${SUPPORT}`,
    `Subject: The lift has stopped, part ${number}`,
    'Date: Tue, 24 Nov 2026 09:30:01 +0100',
    `Message-ID: <lift.${number}@customer.example>`,
    '',
    'It hangs between two floors.',
    '',
  ].join('\r\n')
}

/** A house with the queues Support and Sales. */
function twoQueues(t: Test): Promise<House> {
  return house(t, 'mail.queue = "support"', async tx => {
    await furnishUsually(tx)
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: SALES }))
  })
}

async function counted({ config }: House): Promise<{ tickets: number[]; mails: number; letters: number }> {
  const [tickets, mails, letters] = await Promise.all([
    kept(config.state_dir, 'tickets'),
    kept(config.state_dir, 'mails'),
    kept(config.state_dir, 'letters'),
  ])
  return { tickets: tickets.map(ticket => ticket.queue).sort(), mails: mails.length, letters: letters.length }
}

t.test(
  'the same mail to two queues opens one ticket in each, in however many transactions it comes',
  async t => {
    const orders: readonly (readonly (readonly string[])[])[] = [
      [
        [SUPPORT, SALES],
        [SUPPORT, SALES],
      ],
      [[SUPPORT], [SALES], [SUPPORT], [SALES]],
      [[SALES], [SUPPORT, SALES]],
      [[SUPPORT, SALES], [SALES], [SUPPORT]],
      // The mail of the helpdesk's own address goes to the first queue.
      [[HELPDESK, SALES], [SUPPORT], [HELPDESK, SUPPORT, SALES.toUpperCase()]],
    ]
    const built = await twoQueues(t)
    const hand = await rawMailer(t, built.daemon.smtpPort)
    for (const [at, order] of orders.entries()) {
      for (const to of order) t.match(await hand({ raw: annsMail(at), from: ANN, to }), /^250 /)
      const times = at + 1
      const { tickets } = await counted(built)
      const what = order.map(to => to.join(' and ')).join(', then ')
      t.same(tickets, [...Array(times).fill(1), ...Array(times).fill(2)], what)
    }
  },
)

t.test('the same mail over twenty connections at once has one effect on each queue', async t => {
  const built = await twoQueues(t)
  const clients = await Promise.all(Array.from({ length: 20 }, () => wireFor(built.daemon.smtpPort)))
  t.teardown(() => {
    for (const client of clients) client.close()
  })
  const hand = (to: (at: number) => string[], number: number) =>
    Promise.all(
      clients.map((client, at) => handOver(client, { raw: annsMail(number), from: ANN, to: to(at) })),
    )
  for (const reply of await hand(() => [SUPPORT], 1)) t.match(reply, /^250 /)
  t.same(await counted(built), { tickets: [1], mails: 1, letters: 2 })
  const [mail] = await kept(built.config.state_dir, 'mails')
  const file = join(built.config.state_dir, 'files', mail!.raw!.slice(0, 2), mail!.raw!)
  t.equal(readFileSync(file, 'utf8'), annsMail(1), 'the others have not removed its file')
  const mixed = [[SUPPORT], [SALES], [SUPPORT, SALES], [SALES, SUPPORT]]
  for (const reply of await hand(at => mixed[at % mixed.length]!, 2)) t.match(reply, /^250 /)
  const { tickets, letters } = await counted(built)
  t.same({ tickets, letters }, { tickets: [1, 1, 2], letters: 6 })
})

t.test('a mail whose client left behind the final dot is not done again', async t => {
  const built = await house(t)
  const leave: Readonly<Record<string, (client: Wire) => unknown>> = {
    'it closes': ({ socket }) => socket.end(),
    'it vanishes': ({ socket }) => socket.destroySoon(),
    'it resets': ({ socket }) => setImmediate(() => socket.resetAndDestroy()),
  }
  for (const [at, [what, leaves]] of Object.entries(leave).entries()) {
    const client = await wireFor(built.daemon.smtpPort)
    for (const line of [`MAIL FROM:<${ANN}>`, `RCPT TO:<${SUPPORT}>`, 'DATA']) await client.say(line)
    const raw = annsMail(at)
    client.write(stuffed(raw))
    leaves(client)
    t.match(await sendRaw(built.daemon.smtpPort, { raw, from: ANN, to: SUPPORT }), /^250 /, what)
    const expected = { tickets: Array(at + 1).fill(1), mails: at + 1, letters: 2 * (at + 1) }
    t.same(await counted(built), expected, what)
  }
})

t.test('lines that were added, changed or removed on the way make no other mail', async t => {
  const built = await house(t)
  const hand = await rawMailer(t, built.daemon.smtpPort)
  const ways = [
    TRACE,
    [],
    [...TRACE, ...TRACE],
    TRACE.map(line => line.replace(/support|mx|4f1/, 'other')),
    ['X-Spam-Flag: NO', 'DKIM-Signature: v=1; d=customer.example;\r\n\tb=aGVsbG8=', ...TRACE.slice(2)],
    [
      'Received: from a\r\n by b;\r\n\tTue, 24 Nov 2026 10:00:00 +0100',
      'X-Original-To: support@helpdesk.example',
    ],
  ]
  for (const trace of ways) t.match(await hand({ raw: annsMail(1, trace), from: ANN, to: SUPPORT }), /^250 /)
  t.match(await hand({ raw: annsMail(1), from: 'srs0=x=y@relay.example', to: SUPPORT }), /^250 /)
  t.same(await counted(built), { tickets: [1], mails: 1, letters: 2 })
})

/** Restarts the daemon as if so many days had passed. */
async function daysLater(t: Test, built: House, days: number): Promise<number> {
  await built.daemon.stop()
  await inStore(built.config, store =>
    store.transact(async tx => {
      for (const once of await tx.find('once', {})) {
        const expires = new Date(Date.parse(once.expires) - days * DAY).toISOString()
        await tx.put('once', { ...once, expires })
      }
    }),
  )
  const daemon = await startFor(t, built.config, built.events)
  t.teardown(() => daemon.stop())
  return daemon.smtpPort
}

t.test('the same mail is known for keep_repeats_days, also after a restart', async t => {
  for (const [days, tickets] of [
    [13, [1]],
    [15, [1, 1]],
  ] as const) {
    const built = await house(t, 'mail.keep_repeats_days = 14')
    const mail = { raw: annsMail(1), from: ANN, to: SUPPORT }
    t.match(await sendRaw(built.daemon.smtpPort, mail), /^250 /)
    t.match(await sendRaw(await daysLater(t, built, days), mail), /^250 /)
    t.same((await counted(built)).tickets, tickets, `${days} days later`)
  }
})

t.test(
  'a session that logged in does a mail without Date and Message-ID each time, to each queue',
  async t => {
    const built = await twoQueues(t)
    const hand = await rawMailer(t, built.daemon.smtpPort, SUSAN)
    const raw = `From: ${SUSAN.address}\r\nSubject: The lift has stopped\r\n\r\nAgain.\r\n`
    for (let time = 1; time <= 3; time++) {
      t.match(await hand({ raw, to: [SUPPORT, SALES] }), /^250 /)
      t.equal((await counted(built)).tickets.length, 2 * time)
    }
  },
)
