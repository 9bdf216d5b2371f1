import t from 'tap'
import { queueCounts } from '../../../daemon/status/queue_counts.ts'
import { counted } from '../../../data/indexes.ts'
import type { Reader } from '../../../data/store.ts'
import { queue } from '../../data/records.ts'

t.test('tickets are counted without reading one, in the queues that a user sees', async t => {
  const asked: object[] = []
  const queues = [
    { id: 1, ...queue({ slug: 'support', title: 'Support' }) },
    { id: 2, ...queue({ slug: 'sales', title: 'Sales' }) },
  ]
  const tx = {
    find: async (table: string) => (table === 'queues' ? queues : t.fail(`${table} are read`)),
    count: async (_: string, where: object) => asked.push(where) && 1,
  } as unknown as Reader
  t.same(await queueCounts(tx, { queues: [2] }), [
    { slug: 'sales', title: 'Sales', open: 2, reopened: 2, resolved: 2, closed: 2, duplicate: 2, on_hold: 2 },
  ])
  t.equal(asked.length, 10)
  for (const where of asked) t.same(Object.keys(where).sort(), counted.tickets!.toSorted(), 'by an index')
  t.equal((await queueCounts(tx, {})).length, 2)
})
