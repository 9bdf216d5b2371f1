import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { startDaemon } from '../../daemon/daemon.ts'
import { forget } from '../../daemon/housekeeping.ts'
import { DAY } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store, Tx } from '../../data/store.ts'
import type { Mail, Once } from '../../data/tables.ts'
import { anyCharacter } from '../any_character.ts'
import { letter } from '../data/records.ts'
import { configFor, directoryFor, eventsTo, quietEvents, quietStore } from '../house.ts'

const LIVES = { 'mail.keep_raw_days': 90, 'mail.keep_records_days': 90, 'mail.keep_letters_days': 31 }
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString()

function once(id: string, expires: string): Once {
  return { id, expires, answer: { says: 'Done.', gives: 1 }, refusal: null }
}

function mail(received: string, raw: string | null): Omit<Mail, 'id'> {
  return {
    received,
    peer: '127.0.0.1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: 'Hello',
    message_id: null,
    verdict: 'ticket',
    reasons: [],
    user: null,
    tickets: [],
    raw,
  }
}

/** Two old mails, one of them with the same bytes as a new one, and stored first answers. */
async function fill(store: Store): Promise<{ old: string; shared: string }> {
  const old = await store.files.put(Buffer.from('old'))
  const shared = await store.files.put(Buffer.from('shared'))
  const again = await store.files.put(Buffer.from('shared'))
  await store.transact(async tx => {
    await tx.add('mails', mail(daysAgo(45), old))
    await tx.add('mails', mail(daysAgo(44), shared))
    await tx.add('mails', mail(daysAgo(39), again))
    await tx.add('mails', mail(daysAgo(91), old))
    await tx.put('once', once('expired', daysAgo(1)))
    await tx.put('once', once('fresh', daysAgo(-1)))
  })
  return { old, shared }
}

t.test('the daemon deletes expired answers, and old raw mails with their files', async t => {
  const directory = directoryFor(t)
  const config = configFor(directory, 'mail.keep_raw_days = 40')
  const before = await openStore(config.state_dir, quietStore)
  const { old, shared } = await fill(before)
  await before.close()

  const daemon = await startDaemon(config, quietEvents())
  await daemon.stop()

  const store = await openStore(config.state_dir, quietStore)
  t.teardown(() => store.close())
  await store.read(async tx => {
    t.same(
      (await tx.find('once', {})).map(({ id }) => id),
      ['fresh'],
    )
    t.same(
      (await tx.find('mails', {})).map(({ raw }) => raw),
      [null, null, shared],
      'the records of the mails stay, until they are old themselves',
    )
  })
  t.equal(await store.files.get(old), undefined)
  t.same(await store.files.get(shared), Buffer.from('shared'), 'a file that a newer mail uses stays')
})

t.test('records and letters are deleted when they are old, whatever the order of their dates', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const raw = await store.files.put(Buffer.from('short-lived'))
  await store.transact(async tx => {
    await tx.add('mails', mail(daysAgo(-3000), null))
    for (let n = 0; n < 250; n++) await tx.add('mails', mail(daysAgo(60 + n), n === 249 ? raw : null))
    await tx.add('mails', mail(daysAgo(1), raw))
    for (const state of ['waiting', 'sent', 'failed'] as const)
      for (const days of [400, 40, 39, 1])
        await tx.add('letters', letter({ state, created: daysAgo(500), due: daysAgo(days) }))
  })
  const lives = { 'mail.keep_raw_days': 400, 'mail.keep_records_days': 100, 'mail.keep_letters_days': 40 }
  await forget(store, Date.now(), lives)
  const left = await store.read(async tx => ({
    mails: (await tx.find('mails', {})).map(({ id }) => id),
    letters: (await tx.find('letters', {})).map(({ id }) => id),
  }))
  t.same(left, {
    mails: [1, ...Array.from({ length: 40 }, (_, n) => n + 2), 252],
    letters: [1, 2, 3, 4, 7, 8, 11, 12],
  })
  t.same(await store.files.get(raw), Buffer.from('short-lived'), 'a younger mail uses it')
  await forget(store, Date.now() + 100 * DAY, lives)
  t.equal(await store.files.get(raw), undefined, 'a raw mail is removed with its record')
  const waiting = await store.read(tx => tx.find('letters', {}))
  t.same(
    waiting.map(({ id }) => id),
    [1, 2, 3, 4],
    'a waiting letter is never old',
  )
})

t.test('what users were asked is forgotten together with the letters, and not before', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const asked = { user: 1, commands: [], tickets: [], mail: 1, letter: 1, expires: daysAgo(-1) } as const
  await store.transact(async tx => {
    for (const state of ['open', 'confirmed', 'cancelled', 'doubted', 'displaced'] as const)
      for (const days of [32, 30]) await tx.add('confirmations', { ...asked, state, created: daysAgo(days) })
  })
  await forget(store, Date.now(), LIVES)
  const left = await store.read(tx => tx.find('confirmations', {}))
  t.same(
    left.map(({ id }) => id),
    [2, 4, 6, 8, 10],
  )
})

t.test('housekeeping can be stopped, and continues another time', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  await store.transact(async tx => {
    for (let n = 0; n < 1000; n++) await tx.add('mails', mail(daysAgo(500), null))
  })
  const end = new AbortController()
  const unwatch = store.watch('mails', () => end.abort())
  await forget(store, Date.now(), LIVES, end.signal)
  t.equal(await store.read(tx => tx.count('mails', {})), 950)
  unwatch()
  await forget(store, Date.now(), LIVES)
  t.equal(await store.read(tx => tx.count('mails', {})), 0)
})

t.test('many records are deleted in several transactions, also exactly one batch', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const now = daysAgo(0)
  await store.transact(async tx => {
    for (let n = 0; n < 1200; n++) await tx.put('once', once(`${n}`, now))
  })
  const raw = await store.files.put(Buffer.from('old'))
  await store.transact(tx => tx.add('mails', mail(daysAgo(50), raw)))
  let longest = 0
  const counting: Store = Object.create(store, {
    transact: {
      value: async (work: (tx: Tx) => Promise<unknown>) => {
        const before = await store.read(tx => tx.count('once', {}))
        const result = await store.transact(work)
        longest = Math.max(longest, before - (await store.read(tx => tx.count('once', {}))))
        return result
      },
    },
  })
  await forget(counting, Date.parse(now), LIVES)
  t.equal(await store.read(tx => tx.count('once', {})), 0)
  t.ok(longest > 0 && longest <= 50, `${longest} in one transaction`)
  t.same(await store.files.get(raw), Buffer.from('old'), 'it is not 90 days old')
})

t.test('any event is one line of JSON', async () => {
  const lines: string[] = []
  const events = eventsTo(lines)
  const circle: { self?: unknown } = {}
  circle.self = circle
  const property = fc.property(fc.string({ unit: anyCharacter }), fc.anything(), (text, thing) => {
    lines.length = 0
    events.loginFailed('mail', text, text)
    events.letterFailed({ letter: 1, reply: text, to: text })
    events.crashed(new Error(text, { cause: thing }))
    events.crashed(thing)
    events.crashed(circle)
    events.thrown('http', text, new Failure('invalid', text), { peer: text })
    assert.equal(lines.length, 6)
    for (const line of lines) {
      assert.match(line, /^[^\r\n]*\n$/)
      const { at, level, event } = JSON.parse(line)
      assert.ok(!Number.isNaN(Date.parse(at)))
      assert.ok(['info', 'warning', 'error'].includes(level))
      assert.match(event, /^[a-z]+(_[a-z]+)*$/)
    }
  })
  fc.assert(property)
})

t.test('failures of addresses are forgotten after 30 days, unless they stop letters', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const failing = { count: 1, reply: '550 5.1.1 gone' }
  await store.transact(async tx => {
    await tx.add('failing', { ...failing, address: 'a@b.example', last: daysAgo(31) })
    await tx.add('failing', { ...failing, address: 'c@b.example', last: daysAgo(29) })
    await tx.add('failing', { ...failing, address: 'd@b.example', last: daysAgo(900), since: daysAgo(900) })
  })
  await forget(store, Date.now(), LIVES)
  const left = await store.read(tx => tx.find('failing', {}))
  t.strictSame(
    left.map(({ address }) => address),
    ['c@b.example', 'd@b.example'],
  )
})
