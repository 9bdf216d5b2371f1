import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { forget } from '../../daemon/clock.ts'
import { startDaemon } from '../../daemon/daemon.ts'
import { events, logThrown, logTo } from '../../daemon/events.ts'
import { Failure } from '../../data/failure.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { Mail, Once } from '../../data/tables.ts'
import { configFor, directoryFor, quietStore } from '../house.ts'

const DAY = 24 * 60 * 60 * 1000
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

/** Two mails that are old, one of them the same bytes as a new one, and what repeats may ask for. */
async function fill(store: Store): Promise<{ old: string; shared: string }> {
  const old = await store.files.put(Buffer.from('old'))
  const shared = await store.files.put(Buffer.from('shared'))
  const again = await store.files.put(Buffer.from('shared'))
  await store.transact(async tx => {
    await tx.add('mails', mail(daysAgo(100), old))
    await tx.add('mails', mail(daysAgo(99), shared))
    await tx.add('mails', mail(daysAgo(80), again))
    await tx.put('once', once('expired', daysAgo(1)))
    await tx.put('once', once('fresh', daysAgo(-1)))
  })
  return { old, shared }
}

t.test('the daemon forgets what has expired, and old mails as they came with their files', async t => {
  const directory = directoryFor(t)
  const config = configFor(directory)
  const before = await openStore(config.state_dir, quietStore)
  const { old, shared } = await fill(before)
  await before.close()

  logTo(() => {})
  const daemon = await startDaemon(config)
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
      'the records of the mails stay',
    )
  })
  t.equal(await store.files.get(old), undefined)
  t.same(await store.files.get(shared), Buffer.from('shared'), 'a file that a newer mail names stays')
})

t.test('many are forgotten in several transactions, the bound itself among them', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const now = daysAgo(0)
  await store.transact(async tx => {
    for (let n = 0; n < 1200; n++) await tx.put('once', once(`${n}`, now))
  })
  const raw = await store.files.put(Buffer.from('old'))
  await store.transact(tx => tx.add('mails', mail(daysAgo(50), raw)))
  let transactions = 0
  const counting: Store = Object.create(store, {
    transact: {
      value: (work: Parameters<Store['transact']>[0]) => {
        transactions++
        return store.transact(work)
      },
    },
  })
  await forget(counting, now, daysAgo(90))
  t.equal(await store.read(tx => tx.count('once', {})), 0)
  t.equal(transactions, 4)
  t.same(await store.files.get(raw), Buffer.from('old'), 'it is not 90 days old')
})

t.test('whatever is in it, an event is one line of JSON', async () => {
  const lines: string[] = []
  logTo(line => lines.push(line))
  const circle: { self?: unknown } = {}
  circle.self = circle
  const property = fc.property(fc.string({ unit: 'binary' }), fc.anything(), (text, thing) => {
    lines.length = 0
    events.loginFailed('mail', text, text)
    events.letterFailed({ letter: 1, reply: text, to: text })
    events.crashed(new Error(text, { cause: thing }))
    events.crashed(thing)
    events.crashed(circle)
    logThrown('http', text, new Failure('invalid', text), { peer: text })
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
