import fc from 'fast-check'
import t from 'tap'
import { Index } from '../../../data/json/index.ts'
import { Rows } from '../../../data/json/rows.ts'
import type { Where } from '../../../data/store.ts'
import type { Followup, Letter, Mail, Ticket } from '../../../data/tables.ts'

const state = fc.constantFrom<Letter['state']>('waiting', 'sent', 'failed')
const number = fc.integer({ min: 1, max: 4 })
/** The condition on a field: a value, several values, bounds, or undefined. */
const condition = <V>(value: fc.Arbitrary<V>) =>
  fc.oneof(
    value,
    fc.record({ in: fc.array(value, { maxLength: 2 }) }),
    fc.record({ from: value, to: value }),
    fc.constant(undefined),
  )

t.test('a search by index gives the same as a scan of all records', async () => {
  const letter = fc.record({ id: number, state, ticket: fc.option(number) })
  const where = fc.record(
    { state: condition(state), ticket: condition(fc.option(number)), id: condition(number) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(letter), fc.array(number), fc.array(where), (written, removed, conditions) => {
      const rows = new Rows('letters')
      for (const record of written) rows.set(record as Letter)
      for (const id of removed) rows.remove(id)
      for (const one of conditions) agree(rows, one as Where<Letter>)
    }),
  )
})

t.test('a search by an index on a list field gives the same as a scan', async () => {
  const mail = fc.record({ id: number, tickets: fc.array(number, { maxLength: 3 }) })
  const where = fc.record({ tickets: condition(number) }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.array(mail), fc.array(where), (written, conditions) => {
      const rows = new Rows('mails')
      for (const record of written) rows.set(record as unknown as Mail)
      for (const one of conditions) agree(rows, one as Where<Mail>)
    }),
  )
})

t.test('a count by the counted fields gives the same as a scan, without reading a record', async t => {
  const flag = fc.boolean()
  const status = fc.constantFrom<Ticket['status']>(1, 2)
  const ticket = fc.record({ id: number, queue: number, status, on_hold: flag })
  const where = fc.record({ queue: condition(number), status: condition(status), on_hold: condition(flag) })
  fc.assert(
    fc.property(fc.array(ticket), fc.array(number), fc.array(where), (written, removed, conditions) => {
      const rows = new Rows('tickets')
      for (const record of written) rows.set(record as Ticket)
      for (const id of removed) rows.remove(id)
      for (const one of conditions) agree(rows, one as Where<Ticket>)
    }),
  )
  const rows = new Rows('tickets')
  rows.set({ id: 1, queue: 1, status: 1, on_hold: false } as Ticket)
  rows.find = () => t.fail('a record is read') as never
  t.equal(rows.count({ queue: 1, status: 1, on_hold: false }), 1)
  t.equal(rows.count({ queue: 1, status: 2, on_hold: false }), 0)
})

t.test('an index has no entry for an absent field', t => {
  const index = new Index<number>()
  index.link(undefined, 1)
  index.link('a', 2)
  t.equal(index.count(undefined), 0)
  index.unlink(undefined, 1)
  t.same([...index.ids('a')], [2])
  t.end()
})

function agree<R extends Letter | Mail | Ticket>(
  rows: { byId: { values(): Iterable<R> } } & Finds<R>,
  where: Where<R>,
): void {
  const all = [...rows.byId.values()].sort((a, b) => a.id - b.id)
  const expected = all.filter(record =>
    Object.entries(where).every(([field, wanted]) => fits(record[field as keyof R], wanted)),
  )
  const found = rows.find(where)
  if (found.length !== expected.length || found.some((record, index) => record !== expected[index]))
    throw new Error(`found ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
  if (rows.count(where) !== expected.length)
    throw new Error(`counted ${rows.count(where)}, not ${expected.length}`)
}

interface Finds<R extends { id: unknown }> {
  find(where: Where<R>): R[]
  count(where: Where<R>): number
}

/** Whether a record matches a condition, as store.ts describes it. */
function fits(value: unknown, wanted: unknown): boolean {
  const values = Array.isArray(value) ? value : [value]
  return values.some(one => {
    if (wanted === undefined) return true
    if (typeof wanted !== 'object' || wanted === null) return one === wanted
    const { in: list, from, to } = wanted as { in?: unknown[]; from?: never; to?: never }
    if (list) return list.includes(one)
    return one !== null && one >= from! && one <= to!
  })
}

t.test('a search by index unpacks only the records that are wanted', async t => {
  const rows = new Rows('followups')
  const record = (id: number, attachments: readonly unknown[] = []) =>
    ({ id, ticket: 1, comment: 'x', public: true, attachments }) as unknown as Followup
  for (let id = 1; id <= 20; id++)
    rows.set(record(id, id === 7 ? [{ file: 'a', size: 1, filename: 'a', mime_type: 'a/b' }] : []))
  for (const id of [1, 2, 20]) rows.byId.set(id, 'no JSON')
  t.throws(() => rows.find({ ticket: 1 }), 'all')
  t.match(rows.find({ ticket: 1 }, { withFiles: true }), [{ id: 7 }])
  t.match(rows.find({ ticket: 1 }, { newest: true, after: 20, limit: 2 }), [{ id: 19 }, { id: 18 }])
})
