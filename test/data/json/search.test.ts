import t from 'tap'
import { openStore } from '../../../data/json/open.ts'
import { directoryFor, quietStore } from '../../house.ts'
import { followup, ticket } from '../records.ts'

t.test('others read and write while a long search goes on', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  await store.transact(async tx => {
    const { id } = await tx.add('tickets', ticket())
    // With this word each line must be unpacked, so the search takes several slices.
    for (let n = 0; n < 30_000; n++) await tx.add('followups', followup({ ticket: id, comment: `${n} ki` }))
  })
  let isDone = false
  const search = store
    .search('tickets', { where: {}, by: ['modified'], words: 'ik', limit: 1 })
    .finally(() => {
      isDone = true
    })
  let turns = 0
  for (; !isDone; turns++) {
    await store.read(tx => tx.get('queues', 1))
    await new Promise(resolve => setImmediate(resolve))
  }
  t.ok(turns > 2, `${turns} reads had their turn meanwhile`)
  t.same(await search, [], 'no follow-up has it')
  t.match(await store.search('tickets', { where: {}, by: [], words: 'ki 29999', limit: 1 }), [{ version: 1 }])
})
