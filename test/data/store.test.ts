import t from 'tap'
import { openStore } from '../../data/json/open.ts'
import { directoryFor, quietStore } from '../house.ts'
import { gappy } from './gappy_store.ts'
import { followup, letter, ticket } from './records.ts'
import { storeSuite } from './store_suite.ts'
import { twice } from './twice_store.ts'

t.test('the embedded store', async t => storeSuite(t, directory => openStore(directory, quietStore)))

t.test('the embedded store, with each transaction run twice', async t =>
  storeSuite(t, async directory => twice(await openStore(directory, quietStore))),
)

t.test('the embedded store, with gaps in its ids', async t =>
  storeSuite(t, async directory => gappy(await openStore(directory, quietStore))),
)

t.test('the store that runs transactions twice finds those that break the contract', async t => {
  const store = twice(await openStore(directoryFor(t), quietStore))
  t.teardown(() => store.close())

  const given: number[] = []
  await store.transact(async tx => given.push((await tx.add('tickets', ticket())).id))
  t.same(given, [1, 1], 'the transaction runs twice, and its first run leaves nothing')

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
  for (const stray of strays) await t.rejects(stray, { message: /awaited something other/ })
  await new Promise(resolve => setTimeout(resolve, 40))
  t.same(outcome, ['StrayWork'], 'its tx is unusable afterwards')
  t.equal(await store.read(tx => tx.count('tickets', {})), 1)
  await t.rejects(
    store.read(() => new Promise(resolve => setTimeout(resolve, 20))),
    { message: /awaited/ },
  )
  let looks = 0
  await store.read(async () => looks++)
  t.equal(looks, 2, 'a read runs twice, too')

  const beyond: Promise<unknown>[] = [
    store.transact(tx => tx.add('tickets', ticket({ title: 'a\0b' }))),
    store.transact(tx => tx.add('tickets', ticket({ title: '\ud800' }))),
    store.transact(tx =>
      tx.add('followups', followup({ changes: [{ field: 'title', from: '\udc00', to: '' }] })),
    ),
    store.transact(tx => tx.add('letters', { ...letter(), made_up: ['a', 'b'] } as never)),
    store.read(tx => tx.find('tickets', {}, { by: 'title' })),
    store.search('users', { where: {}, by: ['id'], words: 'susan', limit: 1 }),
  ]
  for (const one of beyond)
    await t.rejects(one, { message: /tables\.ts does not name it|not every store can keep/ })
  const title = ticket()
  await store.transact(tx => tx.add('tickets', title))
  t.throws(() => Object.assign(title, { title: 'changed' }), TypeError, 'the given object is frozen')

  const patient = await store.transact(async tx => {
    for (let n = 0; n < 1000; n++) await tx.get('tickets', 1)
    await Promise.all([tx.get('tickets', 1), Promise.resolve()])
    return 'waits for its tx alone'
  })
  t.equal(patient, 'waits for its tx alone')
})
