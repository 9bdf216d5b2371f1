import t, { type Test } from 'tap'
import type { Mail } from '../../../data/tables.ts'
import { type Desk, desk, fred, LATER, NOW, QUEUE, refusal, TICKET } from '../fixture.ts'

const MAIL: Mail = {
  id: 1,
  received: NOW,
  peer: '192.0.2.1',
  envelope_from: 'eve@example.net',
  recipients: ['support@helpdesk.example'],
  from: 'eve@example.net',
  subject: 'The lamp blinks',
  message_id: '<1@example.net>',
  verdict: 'ticket',
  reasons: [],
  user: null,
  tickets: [],
  raw: null,
}

/** Mails 1 to 120: each third is an answer of Fred, and the last twenty came on the next day. */
async function furnished(t: Test): Promise<Desk> {
  const made = await desk(t)
  await made.store.transact(async tx => {
    for (let id = 1; id <= 120; id++) {
      const received = id > 100 ? '2026-03-02T00:00:00.000Z' : '2026-03-01T23:59:59.999Z'
      const answer = { verdict: 'followup', from: 'Fred@example.org', tickets: [31794] } as const
      await tx.put('mails', { ...MAIL, id, received, ...(id % 3 === 0 ? answer : {}) })
    }
  })
  return made
}

interface Page {
  readonly mails: readonly { readonly mail: number }[]
  readonly next: number | null
}

/** The numbers on each page of a list. */
async function pages({ say }: Desk, line: string): Promise<number[][]> {
  const found: number[][] = []
  for (let next: number | null | undefined; next !== null; ) {
    const { gives } = await say(next === undefined ? line : `${line} before=${next}`)
    const page = gives as Page
    found.push(page.mails.map(({ mail }) => mail))
    next = page.next
  }
  return found
}

t.test('pages of fifty, newest first', async t => {
  const made = await furnished(t)
  const all = await pages(made, 'mails')
  t.same(
    all.map(({ length }) => length),
    [50, 50, 20],
  )
  t.same(
    all.flat(),
    Array.from({ length: 120 }, (_, at) => 120 - at),
  )
  const { says } = await made.say('mails')
  t.match(
    says,
    /^120 The lamp blinks\n2026-03-02 00:00 UTC · Fred@example\.org · followup · ticket 31794\n\n119 /,
  )
  t.match(says, /For the next page, write:\nmails before=71$/)
  t.match(
    (await made.say('mails verdict=ticket sender=eve@example.net')).says,
    /\nmails verdict=ticket sender=eve@example\.net before=/,
  )
})

t.test('filters by verdict, sender and day', async t => {
  const made = await furnished(t)
  const { say } = made
  const thirds = Array.from({ length: 40 }, (_, at) => 120 - 3 * at)
  t.same(await pages(made, 'mails verdict=followup'), [thirds])
  t.same(await pages(made, 'mails sender=Fred@example.org'), [thirds])
  for (const line of [
    'mails followup 2026-03-02',
    'mails 2026-03-02 FOLLOWUP',
    'mails day=2026-03-02 verdict=followup',
  ])
    t.same(
      ((await say(line)).gives as Page).mails.map(({ mail }) => mail),
      thirds.slice(0, 7),
      line,
    )
  t.equal((await say('mails eve@example.net 2026-03-03')).says, 'There are no such mails.')
  t.equal((await say('mails before=1')).says, 'There are no such mails.')
  t.match((await say('mails ticket eve@example.net 2026-03-01 ')).gives, { mails: [{ mail: 100 }] })
})

t.test('a record that is deleted during the search is left out', async t => {
  const { store, say } = await furnished(t)
  const { search } = store
  store.search = async (table, asked) => {
    const found = await search(table, asked)
    await store.transact(tx => tx.delete('mails', 120))
    return found
  }
  t.match((await say('mails')).gives, { mails: [{ mail: 119 }], next: 71 })
})

t.test('wrong filters and callers are refused', async t => {
  const { say } = await furnished(t)
  t.match(await refusal(say('mails verdict=spma')), {
    code: 'invalid',
    message: /^verdict: "spma" is not one of command, /,
  })
  t.match(await refusal(say('mails day=yesterday')), { code: 'invalid', message: /^day: / })
  t.match(await refusal(say('mails before=x')), { code: 'invalid', message: /^before: / })
  t.match(await refusal(say('mails ticket report')), {
    code: 'invalid',
    message: /"ticket" and "report" exclude each other/,
  })
  for (const line of ['mails', 'why 1'])
    t.match(await refusal(say(line, { actor: fred })), { code: 'forbidden', message: /^Only administrators/ })
})

t.test('why says how a mail opened a ticket and which letters it caused', async t => {
  const { say, put } = await desk(t)
  await put('tickets', { ...TICKET, submitter_email: 'eve@example.net', created: NOW })
  const held =
    'No letter to eve@example.net about ticket 31794: that address has reached its hourly limit of 5.'
  await put('mails', {
    ...MAIL,
    tickets: [31794],
    held_back: [held],
    raw: 'a'.repeat(64),
    raw_size: 700,
    network: '192.0.2.0/24',
  })
  const letter = {
    event: 'opened',
    to: 'fred@example.org',
    ticket: 31794,
    followup: null,
    answer: null,
  } as const
  await put('letters', { ...letter, id: 7, state: 'sent', created: NOW, due: NOW, attempts: [] })
  await put('letters', { ...letter, id: 8, state: 'sent', created: LATER, due: LATER, attempts: [] })
  const { says, tickets } = await say('why mail #1')
  t.same(says.split('\n'), [
    'Mail 1 came on 2026-03-01 12:00 UTC from 192.0.2.1.',
    'Its envelope is from eve@example.net to support@helpdesk.example (queue Support).',
    'Its From is eve@example.net: the submitter of 1 ticket.',
    'Its subject is: The lamp blinks',
    'Nothing proves who sent it: its session did not log in.',
    'It was taken for a new request, which opens a ticket (ticket).',
    'It opened ticket 31794, which is in queue Support.',
    'It caused letter 7 to fred@example.org (sent).',
    held,
    'The raw mail is still kept (700 bytes).',
  ])
  t.same(tickets, [31794], 'who deletes the ticket deletes the answer, too')
})

t.test('why says what proves the sender, or why nothing does', async t => {
  const { say, put } = await desk(t)
  const susans = { ...MAIL, from: 'susan@example.org', login: 1 }
  for (const [mail, sentence] of [
    [
      { ...susans, proven: true },
      'It is proven to be from susan: its session logged in, and From is an address of that user.',
    ],
    [
      { ...susans, gate: 'the field from appears more than once', token: 3 },
      'Its session logged in as susan with token 3, but that proves nothing: the field from appears more than once.',
    ],
    [
      { ...susans, proven: false },
      'Its session logged in as susan, but that proves nothing: From is not an address of that user',
    ],
    [{ ...susans, login: 99 }, 'Its session logged in as user 99, but'],
  ] as const) {
    await put('mails', mail)
    t.match((await say('why 1')).says, sentence)
  }
  t.match((await say('why 1')).says, /Its From is susan@example\.org: the user susan\./)
})

t.test('why with the other facts of a record', async t => {
  const { say, put } = await desk(t)
  await put('queues', { ...QUEUE, id: 2, slug: 'sales', email_address: null })
  const odd = {
    from: null,
    envelope_from: '',
    subject: '',
    recipients: ['a@helpdesk.example', 'b@helpdesk.example'],
  }
  await put('mails', {
    ...MAIL,
    ...odd,
    verdict: 'automatic',
    reasons: ['its return path is null', 'it has Precedence'],
    replay_of: 5,
    replayed_as: 9,
  })
  const { says } = await say('why 1')
  for (const sentence of [
    'from 192.0.2.1. It is mail 5 again, which an operator replayed.\n',
    'Its envelope is from the null return path <>, as reports have it to a@helpdesk.example, b@helpdesk.example.',
    'Its From has no address that can be used.',
    'It has no subject.',
    'It was taken for mail that a machine wrote',
    'Noted: its return path is null; it has Precedence.',
    'It is on no ticket.',
    'An operator replayed it; that is mail 9.',
  ])
    t.match(says, sentence)
  await put('mails', {
    ...MAIL,
    subject: 'Re: [support-31794] Fire',
    verdict: 'followup',
    tickets: [31794, 4],
  })
  t.match(
    (await say('why 1')).says,
    'It was added to ticket 31794, whose tag is in its subject.\nIt was about ticket 4, which no longer exists.',
  )
  await put('mails', { ...MAIL, verdict: 'command', tickets: [31794] })
  t.match((await say('why 1')).says, 'It was about ticket 31794.')
})

t.test('a record that is gone', async t => {
  const { say } = await desk(t)
  t.match(await refusal(say('why 77')), {
    code: 'not_found',
    message:
      /^There is no record of mail 77\. The record of a mail is kept for as many days as mail\.keep_records_days/,
  })
  t.match(await refusal(say('why mail=0')), { code: 'invalid' })
})
