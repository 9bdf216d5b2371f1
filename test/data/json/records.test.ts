import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { Index } from '../../../data/json/index.ts'
import { Pool } from '../../../data/json/pool.ts'
import { Records } from '../../../data/json/records.ts'
import type { Store } from '../../../data/store.ts'
import { directoryFor } from '../../house.ts'
import { runs } from '../../runs.ts'
import { followup, followupWith, letter, mail, ticket } from '../records.ts'
import { opened } from './json_store.ts'

/** So many that they stand in several runs. */
const id = fc.integer({ min: 1, max: 4000 })
/** Ids that rise, as most do, from one to another. */
const range = fc.tuple(id, id).map(([from, to]) => [Math.min(from, to), Math.max(from, to)] as const)
const step = fc.oneof(
  fc.record({ put: range }),
  fc.record({ drop: range }),
  fc.record({ put: id.map(id => [id, id] as const) }),
  fc.record({ drop: id.map(id => [id, id] as const) }),
)

t.test('records are found and walked as in a Map that is sorted', async t => {
  const property = fc.property(fc.array(step, { maxLength: 12 }), id, (steps, place) => {
    const records = new Records<{ readonly id: number; readonly round: number }>(line => JSON.parse(line))
    const model = new Map<number, { readonly id: number; readonly round: number }>()
    for (const [round, one] of steps.entries()) {
      const [from, to] = 'put' in one ? one.put : one.drop
      for (let id = from; id <= to; id++) {
        const record = { id, round }
        if ('put' in one) {
          records.set(id, record)
          model.set(id, record)
        } else {
          records.delete(id)
          model.delete(id)
        }
      }
    }
    const sorted = [...model.values()].sort((a, b) => a.id - b.id)
    const ids = sorted.map(({ id }) => id)
    const same = (found: Iterable<unknown>, expected: readonly unknown[]) => {
      const list = [...found]
      return list.length === expected.length && list.every((record, at) => record === expected[at])
    }
    return (
      records.size === model.size &&
      records.get(place) === model.get(place) &&
      records.has(place) === model.has(place) &&
      same(records.values(), sorted) &&
      same(records.before(undefined), sorted.toReversed()) &&
      same(
        records.after(place),
        sorted.filter(({ id }) => id > place),
      ) &&
      same(records.before(place), sorted.filter(({ id }) => id < place).reverse()) &&
      same(records.idsAfter(place, 7), ids.filter(id => id > place).slice(0, 7))
    )
  })
  t.doesNotThrow(() => fc.assert(property, runs(60)))
})

t.test('texts that come in any order are found and walked in theirs', async t => {
  const records = new Records<{ readonly id: string }>(line => JSON.parse(line))
  const ids = Array.from({ length: 3000 }, (_, n) => `key ${(n * 7919) % 3000}`)
  for (const id of ids) records.set(id, { id })
  t.same(
    Array.from(records.values(), ({ id }) => id),
    ids.toSorted(),
  )
})

t.test('an index tells one id from a few and from many, and forgets each', async t => {
  const index = new Index<number>()
  for (let id = 1; id <= 100; id++) {
    index.link(['a', 'b', 'a'], id)
    t.equal(index.count('a'), id)
    if ([1, 2, 8, 9, 100].includes(id)) t.equal([...index.ids('b')].length, id)
  }
  for (let id = 1; id <= 100; id++) {
    index.unlink(['a'], id)
    t.equal(index.count('a'), 100 - id)
    index.unlink('a', id)
  }
  t.same([...index.ids('a')], [])
  t.equal(index.count('b'), 100)
  for (let id = 1; id <= 40; id++) index.link('c', id)
  for (let id = 40; id >= 1; id--) {
    index.unlink('c', id)
    t.equal(index.count('c'), id - 1)
  }
})

t.test('equal values of many records are one, and no record gets what it does not have', async t => {
  const pool = new Pool()
  const recipients = () => ['support@example.org', 'sales@example.org']
  const [one, two] = [1, 2].map(id => pool.kept('mails', { id, ...mail({ recipients: recipients() }) }))
  t.equal(one!.recipients, two!.recipients)
  t.equal(one!.reasons, two!.reasons)
  t.same(one!.recipients, recipients())
  for (let n = 0; n < 30_000; n++) pool.kept('mails', { id: n, ...mail({ from: `${n}@example.org` }) })
  const third = pool.kept('mails', { id: 3, ...mail({ recipients: recipients() }) })
  t.same(third.recipients, recipients(), 'also when there were more than it remembers')
  const bare = pool.kept('letters', { id: 1 } as never)
  t.strictSame(bare, { id: 1 })
})

t.test('a text is kept without what it was cut from', async t => {
  const store = await opened(t, directoryFor(t))
  const odd = '\ud800\u2019'.repeat(9)
  const { id } = await store.transact(tx => tx.add('tickets', ticket({ title: odd, resolution: 'é' })))
  t.match(await store.read(tx => tx.get('tickets', id)), { title: odd, resolution: 'é', due_date: null })
  const heap = collected()
  for (let n = 0; n < 50; n++) {
    const whole = Buffer.alloc(1024 * 1024, `${n} `).toString()
    await store.transact(async tx => {
      await tx.add('tickets', ticket({ title: whole.slice(0, 30) }))
      await tx.add('letters', letter({ attempts: [{ at: '', reply: whole.slice(30, 60) }] }))
    })
  }
  t.ok(collected() - heap < 10 * 1024 * 1024, 'fifty of a megabyte each are not kept')
})

/** Bytes in use when all that is not has been taken away. */
function collected(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

t.test('a follow-up that is packed is what it was', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const texts = [
    '',
    'é ż \u2019 😀 \ud800',
    '","attachments":[{"file":"x"}],"comment":"',
    '\\"attachments":[] ","ticket":9,',
    '\0\u2028',
  ]
  await store.transact(async tx => {
    for (const comment of texts) await tx.add('followups', followup({ ticket: 7, comment }))
    await tx.add('followups', { ...followupWith('a'.repeat(64)), ticket: 7, comment: '"attachments":[]' })
    const user = { kind: 'user', user: 1 } as const
    const mailed = { kind: 'submitter', address: 'a@example.org', automatic: false } as const
    for (const isPublic of [true, false]) {
      const usual = { ticket: 7, public: isPublic, comment: ',"public":true},"door":"http","changes":[]' }
      await tx.add('followups', followup({ ...usual, author: user, door: 'http' }))
      await tx.add('followups', followup({ ...usual, author: user, door: 'mail', message_id: '<2@x>' }))
      await tx.add('followups', followup({ ...usual, author: mailed, door: 'mail', message_id: '<1@x>' }))
      await tx.add('followups', followup({ ...usual, author: mailed, message_id: '","public":true}' }))
    }
    // As nobody writes it.
    const { ticket, ...rest } = followup({ comment: 'in another order' })
    await tx.put('followups', { ...rest, id: 1000, ticket })
  })
  const all = (store: Store) => store.read(tx => tx.find('followups', {}))
  const before = await all(store)
  await store.checkpoint()
  t.strictSame(await all(store), before, 'once a snapshot has it')
  for (const found of await all(store)) {
    t.throws(() => Object.assign(found, { comment: 'changed' }), TypeError)
    t.throws(() => Object.assign(found.author, { kind: 'user' }), TypeError)
  }
  await store.transact(async tx => {
    await tx.put('followups', { ...before[1]!, ticket: 8 })
    await tx.delete('followups', before[2]!.id)
  })
  await t.rejects(
    store.transact(async tx => {
      await tx.delete('followups', before[0]!.id)
      await tx.put('followups', { ...before[1]!, ticket: 9 })
      throw new Error('never mind')
    }),
  )
  const expected = [before[0], { ...before[1]!, ticket: 8 }, ...before.slice(3)]
  const inTicket = (store: Store, ticket: number) => store.read(tx => tx.count('followups', { ticket }))
  t.strictSame(await all(store), expected)
  t.same([await inTicket(store, 7), await inTicket(store, 8), await inTicket(store, 9)], [12, 1, 0])
  await store.close()
  const again = await opened(t, directory)
  t.strictSame(await all(again), expected, 'after a new start')
  t.same([await inTicket(again, 7), await inTicket(again, 8), await inTicket(again, 1)], [12, 1, 1])
  t.strictSame(await again.read(tx => tx.find('followups', { ticket: 8 })), [expected[1]])
})
