import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { startDigests } from '../../daemon/digest_clock.ts'
import type { Clock } from '../../daemon/hourly.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'
import { followup, queue, ticket, user } from '../data/records.ts'
import { directoryFor, furnishUsually, house, quietStore, SUSAN } from '../house.ts'
import { linksIn } from './mail/mailto_links.ts'

const HOURS = { at: '09:00', time_zone: 'Europe/Vienna' }
const failed = {
  digestFailed: (error: unknown) => {
    throw error
  },
}

async function storeWith(t: Test, fields: Partial<User>): Promise<Store> {
  const store = await openStore(join(directoryFor(t), 'state'), quietStore)
  t.teardown(() => store.close())
  await store.transact(async tx => {
    await tx.add('queues', queue())
    await tx.add('queues', queue({ slug: 'sales' }))
    await tx.add('users', user({ username: 'susan', addresses: ['susan@example.org'], ...fields }))
  })
  return store
}

/** Lets the clock run between two moments. */
async function live(store: Store, from: string, to: string): Promise<void> {
  const end = Date.parse(to)
  let now = Date.parse(from)
  let arrive = () => {}
  const arrived = new Promise<void>(resolve => {
    arrive = resolve
  })
  const clock: Clock = {
    now: () => now,
    wait: async (milliseconds, ended) => {
      now = Math.min(now + milliseconds, end)
      if (now < end || ended.aborted) return
      arrive()
      await new Promise(resolve => ended.addEventListener('abort', resolve))
    },
  }
  const stop = startDigests({ store, hours: HOURS }, failed, clock)
  await arrived
  await stop()
}

const sentAt = (store: Store) =>
  store.read(async tx =>
    (await tx.find('letters', { event: 'digest' })).map(({ created }) => created.slice(0, 16)),
  )

t.test('one digest a day at the hour of the user, also when clocks change and after a downtime', async t => {
  const store = await storeWith(t, { digest: '02:30' })
  await store.transact(tx => tx.add('tickets', ticket()))
  await live(store, '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z')
  // On the 29th no clock shows 02:30.
  t.same(await sentAt(store), ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'])
  await live(store, '2026-03-30T12:00:00Z', '2026-03-30T13:00:00Z')
  t.equal((await sentAt(store)).length, 3, 'a restart on the same day')
  await live(store, '2026-04-02T10:15:00Z', '2026-04-02T23:00:00Z')
  t.same((await sentAt(store)).slice(3), ['2026-04-02T10:15'], 'after three days')
  await live(store, '2026-10-25T00:00:00Z', '2026-10-25T12:00:00Z')
  t.same((await sentAt(store)).slice(4), ['2026-10-25T00:30'], 'the clocks show it twice')
})

t.test('none when there is nothing, and none for an inactive user', async t => {
  for (const [fields, letters] of [
    [{ digest: '07:00' }, 1],
    [{ digest: '07:00', active: false }, 0],
    [{ digest: '07:00', queues: [2] }, 0],
    [{}, 0],
  ] as const) {
    const store = await storeWith(t, fields)
    await store.transact(async tx => {
      await tx.add('tickets', ticket())
      await tx.add('tickets', ticket({ status: 3 }))
    })
    await live(store, '2026-03-10T00:00:00Z', '2026-03-10T12:00:00Z')
    const found = await store.read(tx => tx.find('letters', {}))
    t.equal(found.length, letters, JSON.stringify(fields))
    if (letters)
      t.match(found, [{ to: 'susan@example.org', digest: [{ list: 'nobody', tickets: [1], more: 0 }] }])
  }
})

t.test('a digest arrives, and its links work', async t => {
  const day = new Date().toISOString()
  const built = await house(t, 'escalation.time_zone = "UTC"', async tx => {
    await furnishUsually(tx)
    const [susan] = await tx.find('users', { username: SUSAN.username })
    await tx.put('users', { ...susan!, digest: '00:00' })
    const author = { kind: 'submitter', address: 'ann@example.net', automatic: false } as const
    const own = { assigned_to: susan!.id, created: day }
    const due = { due_date: '2024-05-18', due_reminded_on: '2024-05-19', due_reminded_of: '2024-05-18' }
    const late = await tx.add('tickets', ticket({ ...own, ...due, title: 'The fuse is out' }))
    const asked = await tx.add('tickets', ticket({ ...own, title: 'The lamp flickers', priority: 2 }))
    await tx.add('followups', followup({ ticket: asked.id, public: true, author }))
    await tx.add('tickets', ticket({ ...own, title: 'The door sticks', on_hold: true }))
    await tx.add('followups', followup({ ticket: late.id + 2 }))
    await tx.add('tickets', ticket({ title: 'The tap drips', created: day }))
  })
  const [raw] = await built.letters(1)
  const { subject, text = '' } = await simpleParser(raw!)
  t.match(subject, /^Your tickets on \d+ \w+ \d{4}$/)
  t.equal(
    text.replace(/<mailto:.*>/g, '<mailto>'),
    `Overdue:

[support-1] The fuse is out
Priority 3, due 18 May 2024 (overdue)
Resolve it ("It is done."):
<mailto>

Waiting for your answer:

[support-2] The lamp flickers
Priority 2
Write a private note:
<mailto>

On hold for a long time:

[support-3] The door sticks
On hold, priority 3
Take it off hold:
<mailto>

Without an owner:

[support-4] The tap drips
Priority 3
Take it:
<mailto>

To get no more of these letters, send a mail with the subject "digest n".
A reply to this letter opens a new ticket.
`,
  )
  const { to, subject: line } = linksIn(text).find(link => link.subject === 'take 4')!
  await built.mail({ from: SUSAN.address, to, subject: line, text: '' })
  const [, answer] = await built.letters(2)
  t.match((await simpleParser(answer!)).text, /^Ticket 4 is assigned to susan\./)
})
