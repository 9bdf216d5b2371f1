import t from 'tap'
import { shrinking } from '../../daemon/shrink_texts.ts'
import type { Reader, Store } from '../../data/store.ts'
import { opened } from '../data/json_store.ts'
import { followup } from '../data/records.ts'
import { directoryFor } from '../house.ts'

const LONG = 'The printer is on fire.\n'.repeat(10_000)
const MANY = 60

/** The same store, which tells how many records each look at it finds. */
function counted(store: Store, found: number[]): Store {
  const counting = (tx: Reader): Reader => ({
    get: (table, id) => tx.get(table, id),
    count: (table, where) => tx.count(table, where),
    find: async (table, where, page) => {
      const records = await tx.find(table, where, page)
      found.push(records.length)
      return records
    },
  })
  return {
    read: work => store.read(tx => work(counting(tx))),
    transact: work => store.transact(work),
    watch: (table, wake) => store.watch(table, wake),
    files: store.files,
    close: () => store.close(),
  }
}

t.test('a store of an older version is looked through a few records at a time', async t => {
  const store = await opened(t, directoryFor(t))
  await store.transact(async tx => {
    for (let at = 1; at <= MANY; at++)
      await tx.add('followups', followup({ comment: at === 45 ? LONG : 'short' }))
  })
  const found: number[] = []
  await shrinking(counted(store, found), new AbortController().signal)()
  t.ok(Math.max(...found) <= 10, 'no look takes all of a table')
  const kept = (await store.read(tx => tx.get('followups', 45)))!
  t.ok(kept.comment.length <= 64 * 1024 && LONG.startsWith(kept.comment))
  t.equal((await store.files.get(kept.comment_file!))!.toString(), LONG)
})

t.test('it stops where it is once it is told to end', async t => {
  const store = await opened(t, directoryFor(t))
  await store.transact(tx => tx.add('followups', followup({ comment: LONG })))
  const end = new AbortController()
  const comment = async () => (await store.read(tx => tx.get('followups', 1)))!.comment
  end.abort()
  await shrinking(store, end.signal)()
  t.equal(await comment(), LONG)
  await shrinking(store, new AbortController().signal)()
  t.not(await comment(), LONG)
})
