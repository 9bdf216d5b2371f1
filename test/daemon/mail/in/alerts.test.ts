import t, { type Test } from 'tap'
import { queue, ticket } from '../../../data/records.ts'
import {
  FRED,
  furnishUsually,
  HELPDESK,
  type House,
  house,
  SUPPORT,
  SUSAN,
  type TestMail,
} from '../../../house.ts'
import { kept } from '../kept.ts'

const MONITOR = 'monitor@ops.example'
const SALES = 'sales@helpdesk.example'
const JOINED = 'joined to ticket 1: same sender and title within 60 minutes'
const MACHINE = { 'Auto-Submitted': 'auto-generated' }

/** A house whose queue Support (1) joins alerts for an hour, and whose queue Sales (2) does not; fred owns new tickets of both. */
async function joining(t: Test, more: (built: House) => Promise<unknown> = async () => {}): Promise<House> {
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.put('queues', {
      id: 1,
      ...queue({ email_address: SUPPORT, default_owner: 2, join_minutes: 60 }),
    })
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: SALES, default_owner: 2 }))
  })
  await more(built)
  return built
}
function alert({ mail }: House, subject: string, more: Partial<TestMail> = {}): Promise<string> {
  return mail({
    from: MONITOR,
    to: SUPPORT,
    text: `${subject}\nSee the log.`,
    headers: MACHINE,
    ...more,
    subject,
  })
}
/** The numbers of the tickets of each mail. */
async function places({ config }: House): Promise<(readonly number[])[]> {
  return (await kept(config.state_dir, 'mails')).map(({ tickets }) => tickets)
}

t.test('four alerts are one ticket, and its owner hears of each', async t => {
  const built = await joining(t)
  const subjects = [
    'PROBLEM: disk on db1 is 91% full (27/11/2026 05:45:23)',
    'PROBLEM: disk on db1 is 92.5% full (27/11/2026 05:50:23)',
    'Problem: disk on db12 is 100% full (27-11-2026 5:55)',
    'PROBLEM: disk on db1 is 9% full (2026/11/27 06:00:23)',
  ]
  for (const subject of subjects) t.match(await alert(built, subject), /^250 /)
  const { state_dir } = built.config
  t.match(await kept(state_dir, 'tickets'), { length: 1, 0: { title: subjects[0], version: 4, status: 1 } })
  t.match(await kept(state_dir, 'followups'), [
    { public: true },
    {
      ticket: 1,
      public: false,
      comment: `${subjects[1]}\nSee the log.`,
      author: { kind: 'submitter', address: MONITOR, automatic: true },
    },
    { public: false },
    { public: false },
  ])
  t.same(
    (await kept(state_dir, 'letters')).map(({ event, to }) => [event, to]),
    [
      ['opened', FRED.address],
      ['followed_up', FRED.address],
      ['followed_up', FRED.address],
      ['followed_up', FRED.address],
    ],
  )
  t.same(
    (await kept(state_dir, 'mails')).map(({ verdict, reasons }) => [verdict, reasons]),
    [
      ['automatic', ['it has Auto-Submitted']],
      ['automatic', ['it has Auto-Submitted', JOINED]],
      ['automatic', ['it has Auto-Submitted', JOINED]],
      ['automatic', ['it has Auto-Submitted', JOINED]],
    ],
  )
  t.match(
    (await built.shell('why', '2')).says,
    `\nNoted: it has Auto-Submitted; ${JOINED}.\nIt was added to ticket 1.\n`,
  )
})

t.test('anything else opens a ticket of its own', async t => {
  const built = await joining(t)
  await alert(built, 'Disk 1 is full')
  const others: [string, string, Partial<TestMail>][] = [
    ['another title', 'Disks 1 is full', {}],
    ['another sender', 'Disk 2 is full', { from: 'monitor2@ops.example' }],
    ['another queue', 'Disk 3 is full', { to: SALES }],
    ['again there, where nothing joins', 'Disk 4 is full', { to: SALES }],
    ['a person', 'Disk 5 is full', { headers: {} }],
    ['a list', 'Disk 6 is full', { headers: { Precedence: 'bulk' } }],
    ['an automatic reply', 'Disk 7 is full', { headers: { 'Auto-Submitted': 'auto-replied' } }],
    ['a null return path, which leaves no sender', 'Disk 8 is full', { envelopeFrom: '' }],
    ['the same again', 'Disk 9 is full', { envelopeFrom: '' }],
    ['without a subject', '', {}],
    ['without a subject again', '', { text: '\nSee the log.', date: 'Thu, 26 Nov 2026 10:00:00 +0000' }],
    ['without any words', '(no subject)', {}],
    ['without any words again', 'Re: (no subject)', { text: '(no subject)\nSee the log.' }],
  ]
  for (const [at, [what, subject, more]] of others.entries()) {
    t.match(await alert(built, subject, more), /^250 /, what)
    t.same((await places(built)).at(-1), [at + 2], what)
  }
  await alert(built, 'Disk 10 is full')
  t.same((await places(built)).at(-1), [8], 'the newest ticket of that sender and title in that queue')
})

t.test('only an open or reopened ticket is joined, and the newest of them', async t => {
  const built = await joining(t)
  await alert(built, 'Disk 1 is full')
  await built.shell('resolve', '1:', 'Emptied.')
  await alert(built, 'Disk 2 is full')
  await built.shell('close', '2')
  await alert(built, 'Disk 3 is full')
  await built.shell('reopen', '1')
  await built.shell('hold', '3')
  await alert(built, 'Disk 4 is full')
  await built.shell('move', '3', 'sales')
  await alert(built, 'Disk 5 is full')
  await built.shell('title', '1:', 'The database')
  await alert(built, 'Disk 6 is full')
  t.same(await places(built), [[1], [2], [3], [3], [1], [4]])
  t.match(await kept(built.config.state_dir, 'tickets'), [
    { status: 2 },
    { status: 4 },
    { status: 1, on_hold: true },
    {},
  ])
})

t.test('a ticket that has not changed for longer is left alone', async t => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.put('queues', { id: 1, ...queue({ email_address: SUPPORT, join_minutes: 60 }) })
    for (const [title, modified] of [
      ['Disk 1 is full', ago(61)],
      ['Load 1 is high', ago(58)],
    ] as const)
      await tx.add(
        'tickets',
        ticket({ title, submitter_email: 'Monitor@ops.example', created: ago(99), modified }),
      )
  })
  await alert(built, 'Disk 2 is full', { from: 'Monitor@ops.example' })
  await alert(built, 'Load 2 is high', { from: 'Monitor@ops.example' })
  t.same(await places(built), [[3], [2]])
})

t.test('alerts at the same moment make one ticket', async t => {
  const built = await joining(t)
  await Promise.all(Array.from({ length: 10 }, (_, n) => alert(built, `Disk ${n} is full`)))
  t.same(await places(built), Array(10).fill([1]))
  const reasons = (await kept(built.config.state_dir, 'mails')).map(({ reasons }) => reasons)
  t.equal(reasons.filter(all => all.includes(JOINED)).length, 9)
})

t.test('an alert to two queues joins in the one and opens in the other', async t => {
  const built = await joining(t)
  await alert(built, 'Disk 1 is full')
  await alert(built, 'Disk 2 is full', { to: [SUPPORT, SALES] })
  t.same(await places(built), [[1], [1, 2]])
})

t.test('join_minutes is a parameter of a queue, and no caller can join', async t => {
  const built = await joining(t)
  const minutes = async () => (await kept(built.config.state_dir, 'queues'))[1]!.join_minutes
  for (const [value, expected] of [
    ['90', 90],
    ['0', 0],
    ['10080', 10_080],
    ['', 0],
  ] as const) {
    t.match(await built.susan('change_queue', { queue: '2', join_minutes: value }), { status: 200 })
    t.equal(await minutes(), expected)
  }
  t.match(await built.susan('change_queue', { queue: '2', join_minutes: '10081' }), {
    status: 400,
    body: 'join_minutes: "10081" is not a whole number from 0 to 10080.',
  })
  await built.susan('change_queue', { queue: '2', join_minutes: '5' })
  await built.susan('change_queue', { queue: '2', title: 'Selling' })
  t.equal(await minutes(), 5, 'it stays')
  await built.susan('add_queue', { title: 'Ops', slug: 'ops', join_minutes: '30' })
  t.match((await kept(built.config.state_dir, 'queues')).at(-1), { slug: 'ops', join_minutes: 30 })
  const same = { queue: '1', title: 'Disk 1', submitter_email: SUSAN.address, joins: 'y' }
  for (const id of ['1', '2']) {
    const reply = await built.susan('create_ticket', same)
    t.equal(reply.body, id)
    t.equal(reply.headers.get('x-ignored-parameters'), 'joins')
  }
})

t.test('a repeat to one of two queues is no alert that joins', async t => {
  const built = await joining(t)
  const again = { messageId: '<1@ops.example>', date: 'Fri, 27 Nov 2026 05:45:23 +0000' }
  await alert(built, 'PROBLEM: disk full', { to: HELPDESK, ...again })
  await alert(built, 'PROBLEM: disk full', { to: [SUPPORT, SALES], ...again })
  t.match(await kept(built.config.state_dir, 'mails'), [
    { tickets: [1] },
    { tickets: [2], reasons: ['it has Auto-Submitted'] },
  ])
  t.equal((await kept(built.config.state_dir, 'followups')).length, 2)
})
