import t from 'tap'
import type { Reader } from '../../../data/store.ts'
import { openedAs } from '../../../handlers/tickets/opened_as.ts'
import { queue, ticket } from '../../data/records.ts'

const tx = { get: async () => ({ ...queue({ slug: 'support' }), id: 1 }) } as unknown as Reader

t.test('a ticket keeps the first title, and that of an earlier version the slug that it leaves', async t => {
  const old = { ...ticket({ title: 'Lamp' }), id: 7 }
  const renamed = { ...old, opened_in: 'first', opened_title: 'Lamp', title: 'Bulb' }
  t.same(await openedAs(tx, old, {}), {})
  t.same(await openedAs(tx, old, { title: 'Lamp' }), {})
  t.same(await openedAs(tx, old, { title: 'Bulb' }), { opened_title: 'Lamp' })
  t.same(await openedAs(tx, old, { queue: 2 }), { opened_in: 'support' })
  t.same(await openedAs(tx, renamed, { queue: 2, title: 'Third' }), {})
})
