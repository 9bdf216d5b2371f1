import t from 'tap'
import { MINUTE } from '../../../data/durations.ts'
import type { Author } from '../../../data/tables.ts'
import type { Options } from '../../../handlers/call.ts'
import { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import { SUSAN } from '../../house.ts'
import { agent, type Desk, desk, NOW, operator, QUEUE, susan, TICKET } from '../fixture.ts'

const LIMITS = { addressHour: 5, addressDay: 20, hour: 200 }
const after = (minutes: number) => new Date(Date.parse(NOW) + minutes * MINUTE).toISOString()

/** Creates a ticket as a mail from this address does; gives who else than the administrator gets a letter, and what is held back. */
async function opened(
  { call }: Desk,
  letters: LetterCaps,
  address: string,
  { sender = 'example.net', now = NOW, proven }: { sender?: string; now?: string; proven?: boolean } = {},
) {
  const actor = {
    kind: 'submitter',
    address,
    automatic: false,
    ...(proven === undefined ? {} : { proven }),
  } as const
  const options: Partial<Options> = { actor, letters, sender, now, door: 'mail' }
  const { heard, heldBack } = await call(
    'create_ticket',
    { queue: '1', title: 'x', submitter_email: address },
    options,
  )
  return { heard: withoutSusan(heard), heldBack: heldBack.map(({ sentence }) => sentence) }
}

/** Without the administrator, who hears of everything that nobody owns. */
function withoutSusan(heard: readonly string[]): readonly string[] {
  return heard.filter(address => address !== SUSAN.address)
}

t.test('the sender of unproven mail gets at most five letters an hour and twenty a day', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  const ann = 'Ann@example.net'
  for (let n = 0; n < 5; n++) t.match(await opened(built, letters, ann), { heard: [ann], heldBack: [] })
  t.strictSame(await opened(built, letters, 'ann@example.net'), {
    heard: [],
    heldBack: [
      'No letter to ann@example.net about ticket 31800: that address has reached its hourly limit of 5.',
    ],
  })
  t.match(await opened(built, letters, 'zoe@example.net'), { heard: ['zoe@example.net'] })
  t.match(await opened(built, letters, ann, { now: after(59) }), { heard: [] })
  for (const hour of [1, 2, 3]) {
    for (let n = 0; n < 5; n++)
      t.match(await opened(built, letters, ann, { now: after(60 * hour) }), { heard: [ann] })
  }
  t.match(await opened(built, letters, ann, { now: after(300) }), {
    heldBack: [/that address has reached its daily limit of 20/],
  })
  t.match(await opened(built, letters, ann, { now: after(24 * 60) }), { heard: [ann] })
  const told = (await built.all('letters')).filter(({ event }) => event === 'held_back')
  t.match(told, [
    { to: 'susan@example.org', notice: { about: { ticket: 31800 }, limit: { per: 'hour', most: 5 } } },
  ])
})

t.test('all spellings of one inbox count together', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  for (const front of ['ann.lee', 'annlee+1', 'AnnLee+a+b', 'a.n.nlee', 'annlee'])
    t.match(await opened(built, letters, `${front}@example.net`), { heard: [`${front}@example.net`] })
  t.match(await opened(built, letters, 'annlee+6@example.net'), { heard: [] })
  t.match(await opened(built, letters, '+6@example.net'), { heard: ['+6@example.net'] })
})

t.test('letters caused by an agent do not count and are not held back', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  await built.put('tickets', { ...TICKET, submitter_email: 'ann@example.net' })
  const say = () =>
    built.call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { letters, actor: susan })
  for (let n = 0; n < 8; n++) t.same((await say()).heard, ['ann@example.net'])
  t.match(await opened(built, letters, 'ann@example.net'), { heard: ['ann@example.net'] })
})

t.test('unproven mail of a submitter causes at most five letters an hour to a watcher', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  const watchers = ['eve@example.net', 'fred@example.org']
  await built.put('tickets', { ...TICKET, submitter_email: 'ann@example.net', watchers })
  const says = (actor: Author) =>
    built.call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { letters, actor })
  const ann = { kind: 'submitter', address: 'ann@example.net', automatic: false } as const
  for (let n = 0; n < 5; n++) t.same(withoutSusan((await says(ann)).heard), watchers)
  const sixth = await says(ann)
  t.same(withoutSusan(sixth.heard), ['fred@example.org'], 'an agent who watches is not limited')
  t.match(sixth.heldBack, [{ cap: 'address', sentence: /^No letter to eve@example\.net .+ limit of 5\.$/ }])
  t.same((await says(susan)).heard, ['ann@example.net', ...watchers], 'what an agent writes is not limited')
  const claim = { ...ann, address: 'susan@example.org', proven: false }
  t.same((await says(claim)).heldBack.length, 1, 'nor does a mail in the name of an agent get around it')
})

t.test('letters of a rolled-back call do not count', async t => {
  const built = await desk(t)
  const letters = new LetterCaps({ ...LIMITS, addressHour: 1 })
  const actor = { kind: 'submitter', address: 'ann@example.net', automatic: false } as const
  const params = { queue: '1', title: 'x', submitter_email: 'ann@example.net' }
  const options = { actor, letters, sender: '' }
  await built.call('create_ticket', { ...params, dry_run: 'y' }, options)
  const fails = { ...options, also: () => Promise.reject(new Error('no')) }
  await t.rejects(built.call('create_ticket', params, fails), /no/)
  t.match(await opened(built, letters, 'ann@example.net'), { heard: ['ann@example.net'] })
  t.match(await opened(built, letters, 'ann@example.net'), { heard: [] })
})

t.test('each sender gets a share of the letters to addresses that no agent has answered', async t => {
  const built = await desk(t)
  const letters = new LetterCaps({ ...LIMITS, hour: 20 })
  const heardBy = async (sender: string, count: number) => {
    let heard = 0
    for (let n = 0; n < count; n++)
      heard += (await opened(built, letters, `a${n}@${sender}`, { sender })).heard.length
    return heard
  }
  await built.put('tickets', { ...TICKET, submitter_email: 'known@flood.example' })
  await built.call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor: operator })
  t.equal(await heardBy('flood.example', 60), 10, 'half of the limit')
  t.equal(await heardBy('other.example', 60), 5)
  t.equal(await heardBy('third.example', 2), 2, 'other senders still cause letters')
  t.match(
    await opened(built, letters, 'known@flood.example', { sender: 'flood.example' }),
    { heard: ['known@flood.example'] },
    'an address that an agent has answered gets a letter',
  )
  t.match(
    await opened(built, letters, 'a99@flood.example', { sender: 'flood.example', now: after(60) }),
    { heard: ['a99@flood.example'] },
    'an hour later, every address gets a letter',
  )
})

t.test('a staff address that would get too many letters gets a summary', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  const LIST = 'list@example.org'
  await built.put('queues', { ...QUEUE, new_ticket_cc: [LIST] })
  const toList = async () => (await built.all('letters')).filter(({ to }) => to === LIST)
  const open = (n: number, now: string) =>
    opened(built, letters, `a${n}@s${n}.example`, { sender: `s${n}`, now })
  for (let n = 0; n < 60; n++) t.match(await open(n, NOW), { heard: [/@/, LIST] })
  t.equal((await toList()).length, 60)
  for (let n = 60; n < 70; n++) t.match(await open(n, after(1)), { heard: [/@/, LIST], heldBack: [] })
  const [summary] = (await toList()).slice(60)
  t.match(summary, { event: 'summary', state: 'waiting', due: after(11), ticket: null })
  t.equal(summary!.followups!.length, 10)
  await open(70, after(10))
  const [, second, ...others] = (await toList()).slice(60)
  t.match(second, { event: 'summary', due: after(20) }, 'a summary that is about to be sent is not changed')
  t.equal(second!.followups!.length, 1)
  t.same(others, [])
  for (let n = 71; n < 300; n++) await open(n, after(11))
  t.equal((await toList()).length, 62)
  t.match((await toList()).at(-1), { more: true })
  t.equal((await toList()).at(-1)!.followups!.length, 200)
  await open(300, after(60))
  t.match((await toList()).at(-1), { event: 'opened' }, 'an hour later, single letters are sent again')
})

t.test('an unproven mail in the name of a user reopens nothing, and the user is told', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  const FRED_HOME = 'fred@home.example'
  await built.put('users', agent(2, 'fred', ['fred@example.org', FRED_HOME]))
  const fredSays = (proven: boolean, automatic = false) =>
    ({ kind: 'submitter', address: FRED_HOME, automatic, proven }) as const
  const say = (actor: ReturnType<typeof fredSays>) =>
    built.call('add_followup', { ticket: '31794', message: 'x' }, { actor, letters, sender: '' })
  await built.put('tickets', { ...TICKET, status: 3, assigned_to: 1 })
  t.same((await say(fredSays(false))).heard, ['susan@example.org', 'fred@example.org'])
  t.match((await built.all('letters')).at(-1), { event: 'claimed', to: 'fred@example.org' })
  t.match((await built.all('followups')).at(-1), { author: { proven: false } })
  t.match(await built.ticket(), { status: 3 }, 'it does not reopen the ticket')
  t.same((await say(fredSays(false, true))).heard, ['susan@example.org'], 'a claim by a machine is not told')
  t.same((await say(fredSays(true))).heard, ['susan@example.org'])
  t.match(await built.ticket(), { status: 2 }, 'a proven mail reopens the ticket')

  await built.put('tickets', { ...TICKET, assigned_to: 2 })
  t.same((await say(fredSays(false))).heard, ['fred@example.org'], 'the owner gets the letter for the owner')
  const opening = await opened(built, letters, FRED_HOME, { proven: false })
  t.same(opening.heard, ['fred@example.org'], 'instead of an acknowledgement')
  t.match((await built.all('letters')).at(-1), { event: 'claimed' })
  for (let n = 0; n < 2; n++) await opened(built, letters, FRED_HOME, { proven: false })
  t.match(
    await opened(built, letters, FRED_HOME, { proven: false }),
    { heard: [], heldBack: [/^No letter to fred@example\.org about ticket/] },
    'at most five an hour',
  )
  const proven = await opened(built, letters, FRED_HOME, { proven: true })
  t.same(proven.heard, [FRED_HOME], 'a proven mail is acknowledged')
})

t.test('a CC address that answers every letter gets five letters an hour', async t => {
  const built = await desk(t)
  const letters = new LetterCaps(LIMITS)
  const LIST = 'list@example.net'
  await built.put('queues', { ...QUEUE, updated_ticket_cc: [LIST] })
  const heard = []
  for (let n = 0; n < 10; n++) heard.push(...(await opened(built, letters, LIST)).heard)
  t.same(heard, [LIST, LIST, LIST, LIST, LIST])
  t.match(await opened(built, letters, 'ann@example.net'), { heard: ['ann@example.net', LIST] })
})
