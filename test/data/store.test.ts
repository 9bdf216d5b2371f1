import t from 'tap'
import { openStore } from '../../data/json/open.ts'
import { directoryFor, quietStore } from '../house.ts'
import { ticket } from './records.ts'
import { storeSuite } from './store_suite.ts'
import { twice } from './twice_store.ts'

t.test('the embedded store', async t => storeSuite(t, directory => openStore(directory, quietStore)))

t.test('the embedded store, with each work run twice', async t =>
  storeSuite(t, async directory => twice(await openStore(directory, quietStore))),
)

t.test('the store that runs works twice finds those that may not', async t => {
  const store = twice(await openStore(directoryFor(t), quietStore))
  t.teardown(() => store.close())

  const given: number[] = []
  await store.transact(async tx => given.push((await tx.add('tickets', ticket())).id))
  t.same(given, [1, 1], 'the work runs twice, and its first run leaves nothing')

  const outcome: string[] = []
  const strays = [
    store.transact(async tx => {
      await tx.get('tickets', 1)
      await new Promise(resolve => setTimeout(resolve, 20))
      await tx.add('tickets', ticket()).catch(error => outcome.push(error.constructor.name))
    }),
    store.transact(async () => store.files.put(Buffer.from('inside'))),
    store.transact(async () => new Promise(() => {})),
  ]
  for (const stray of strays) await t.rejects(stray, { message: /awaited something else/ })
  await new Promise(resolve => setTimeout(resolve, 40))
  t.same(outcome, ['StrayWork'], 'its tx is dead')
  t.equal(await store.read(tx => tx.count('tickets', {})), 1)

  const patient = await store.transact(async tx => {
    for (let n = 0; n < 1000; n++) await tx.get('tickets', 1)
    await Promise.all([tx.get('tickets', 1), Promise.resolve()])
    return 'waits for its tx alone'
  })
  t.equal(patient, 'waits for its tx alone')
})
