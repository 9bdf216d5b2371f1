import t, { type Test } from 'tap'
import { FRED, noCaps, SUSAN } from '../../house.ts'
import { agent, desk, fred, LATER, QUEUE, TICKET } from '../fixture.ts'

const ANN = 'ann@Customer.example'
const GONE = '550 5.1.1 no such mailbox'
const DAEMON = { actor: { kind: 'daemon' }, door: 'daemon', now: LATER } as const

/** A desk whose ticket 31794 is of ann and fred, and that fails letters. */
async function failing(t: Test) {
  const built = await desk(t)
  await built.put('tickets', { ...TICKET, submitter_email: ANN, assigned_to: 2 })
  const letters = () => built.all('letters')
  /** Fails the newest letter to an address, by default by a refusal. */
  const fail = async (to: string, reply = GONE, by = 'attempt') => {
    const failed = (await letters()).findLast(letter => letter.to === to)!
    return built.call('report_letter', { letter: String(failed.id), reply, by }, DAEMON)
  }
  const write = (options = {}) =>
    built.call('add_followup', { ticket: '31794', message: 'Hello.', public: 'y' }, options)
  return {
    ...built,
    letters,
    fail,
    write,
    /** Writes and fails a letter to ann three times. */
    failAnn: async () => {
      for (let n = 0; n < 3; n++) {
        await write()
        await fail(ANN)
      }
    },
  }
}

t.test('after three hard failures, an address gets no letters until it is cleared', async t => {
  const { call, say, write, failAnn, letters, all } = await failing(t)
  await failAnn()
  t.match(await all('failing'), [
    { address: 'ann@customer.example', count: 3, reply: GONE, last: LATER, since: LATER },
  ])
  const { length } = await letters()
  const why = `No letter to ${ANN} about ticket 31794. Letters to ann@customer.example do not arrive: ${GONE}`
  t.match(await write(), {
    says: `A public follow-up is added to ticket 31794.\n${why}`,
    gives: `A public follow-up is added to ticket 31794.\n${why}`,
    heard: [FRED.address],
    heldBack: [{ cap: 'failing', sentence: why }],
  })
  t.strictSame(
    (await letters()).slice(length).map(({ to }) => to),
    [FRED.address],
  )
  const dry = await call('add_followup', { ticket: '31794', message: 'x', public: 'y', dry_run: 'y' })
  t.ok(dry.says.endsWith(`is added to ticket 31794.\n${why}\nLetters go to ${FRED.address}.`), dry.says)

  t.match(await say('show 31794'), {
    says: `\nSubmitter: ${ANN}\nLetters to ann@customer.example do not arrive: ${GONE}\n`,
    gives: { failing: [{ address: 'ann@customer.example', reply: GONE, complained: false }] },
  })
  t.match(await say('failing'), {
    says: `ann@customer.example · 3 letters failed · since 2026-03-01 13:00 UTC\n${GONE}`,
  })

  t.match(await say('clear ann@customer.example', { actor: fred }), {
    says: 'Letters are written to ann@customer.example again.',
  })
  t.match(await write(), { says: 'A public follow-up is added to ticket 31794.', heard: [ANN, FRED.address] })
  await t.rejects(say('clear ann@customer.example'), {
    code: 'not_found',
    message: 'No letter to ann@customer.example has failed, so there is nothing to clear.',
  })
})

t.test('what does not count', async t => {
  const { write, fail, all, letters } = await failing(t)
  for (const [reply, by] of [
    ['451 4.7.1 Greylisted', 'attempt'],
    ['535 5.7.8 Authentication failed', 'age'],
    ['550 5.1.1 gone', 'age'],
    ['554 5.7.1 Relay access denied', 'attempt'],
    ['552 5.3.4 Message too big', 'return_path'],
    [GONE, 'message_id'],
  ] as const) {
    await write()
    await fail(ANN, reply, by)
  }
  t.strictSame(await all('failing'), [])
  await write()
  await fail(ANN)
  await fail(ANN)
  t.match(await all('failing'), [{ count: 1 }], 'a letter fails once')
  await write()
  await fail(ANN, '5.4.4 no route', 'return_path')
  t.match(await all('failing'), [{ count: 2, reply: '5.4.4 no route' }])
  await write()
  const { to } = (await letters()).findLast(letter => letter.to === ANN)!
  t.equal(to, ANN, 'two are not enough')
})

t.test('a complaint stops letters at once', async t => {
  const { write, letters, call, all, say } = await failing(t)
  await write()
  const { id } = (await letters()).findLast(letter => letter.to === ANN)!
  const { length } = await letters()
  const complaint = {
    letter: String(id),
    reply: 'This is an abuse report.',
    outcome: 'complaint',
    by: 'return_path',
  }
  t.match(await call('report_letter', complaint, DAEMON), {
    says: `The recipient complained about the letter to ${ANN} as spam.`,
    heard: [FRED.address],
  })
  t.match((await letters()).slice(length), [{ event: 'followed_up', to: FRED.address }])
  t.match(
    (await letters()).find(letter => letter.id === id),
    {
      state: 'waiting',
      reports: [{ outcome: 'complaint' }],
    },
  )
  t.match((await all('followups')).at(-1), {
    public: false,
    about_letter: id,
    comment: `The recipient complained about the letter to ${ANN} as spam: This is an abuse report.\n\nNo more letters are written to ${ANN}, until a mail comes from it or somebody clears it.`,
  })
  t.match(await all('failing'), [{ count: 0, complained: true, since: LATER }])
  const why = 'A letter to ann@customer.example was reported as spam: This is an abuse report.'
  t.match(await write(), { says: `.\nNo letter to ${ANN} about ticket 31794. ${why}` })
  t.match(await say('show 31794'), { says: why, gives: { failing: [{ complained: true }] } })
  t.match(await say('failing'), { says: /^ann@customer\.example · reported as spam · since / })
})

t.test('letters at which an address of staff fails are told to the administrators, once', async t => {
  const { put, write, fail, letters } = await failing(t)
  await put('users', { ...agent(3, 'ada', ['ada@example.org', 'ada@home.example']), admin: true })
  await put('queues', { ...QUEUE, updated_ticket_cc: ['desk@example.org'] })
  await put('failing', {
    id: 9,
    address: 'ada@example.org',
    count: 3,
    reply: GONE,
    last: LATER,
    since: LATER,
  })
  for (const to of [FRED.address, 'desk@example.org'])
    for (let n = 0; n < 4; n++) {
      await write()
      await fail(to)
    }
  const notices = (await letters()).filter(({ event }) => event === 'failing')
  t.match(notices, [
    { to: SUSAN.address, ticket: null, notice: { address: FRED.address, whose: { user: 2 } } },
    { to: 'ada@home.example' },
    {
      to: SUSAN.address,
      notice: { is: 'failing', address: 'desk@example.org', reply: GONE, whose: { queue: 1 } },
    },
    { to: 'ada@home.example' },
  ])
  t.equal(notices.length, 4)
})

t.test('a notice about held letters goes to no address that fails', async t => {
  const { put, letters, call } = await failing(t)
  await put('failing', { id: 9, address: SUSAN.address, count: 3, reply: GONE, last: LATER, since: LATER })
  const caps = noCaps()
  caps.heldBack = () => ({ per: 'hour', most: 5 })
  const ann = { kind: 'submitter', address: ANN, automatic: false } as const
  await call('create_ticket', { queue: '1', title: 'x', submitter_email: ANN }, { actor: ann, letters: caps })
  t.strictSame(await letters(), [])
})

t.test('the list has pages of 50', async t => {
  const { put, call } = await failing(t)
  for (let id = 1; id <= 120; id++) {
    const since = id % 2 === 0 ? {} : { since: LATER }
    await put('failing', { id, address: `a${id}@b.example`, count: 1, reply: GONE, last: LATER, ...since })
  }
  const first = await call('list_failing')
  const { addresses, next } = first.gives as { addresses: { address: string }[]; next: number }
  t.equal(addresses.length, 50)
  t.equal(addresses[0]!.address, 'a119@b.example')
  t.match(first.says, /^a119@b\.example · 1 letter failed · since/)
  t.ok(first.says.endsWith(`There are more. For the next page, write:\nlist_failing before=${next}`))
  const second = (await call('list_failing', { before: String(next) })).gives as typeof first.gives
  t.match(second, { next: null })
  t.equal((second as { addresses: unknown[] }).addresses.length, 10)
})
