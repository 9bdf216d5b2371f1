import t from 'tap'
import { UserLookup } from '../../../daemon/auth/user_lookup.ts'
import { openStore } from '../../../data/json/open.ts'
import { user } from '../../data/records.ts'
import { directoryFor, quietStore } from '../../house.ts'

t.test('a user is read once, and again after any user has changed', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const fred = await store.transact(tx => tx.add('users', { ...user(), username: 'fred' }))
  const users = new UserLookup(store)
  t.equal(users.get('fred'), undefined)
  t.match(await users.find('fred'), { id: fred.id, active: true })
  t.match(users.get('fred'), { id: fred.id, active: true })
  await store.transact(tx => tx.put('users', { ...fred, active: false }))
  t.equal(users.get('fred'), undefined, 'as soon as the change is confirmed')
  t.match(await users.find('fred'), { active: false })
})

t.test('what was read before a change is not kept after it', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const fred = await store.transact(tx => tx.add('users', { ...user(), username: 'fred' }))
  let between = async () => {}
  const slow = Object.assign(Object.create(store), {
    read: async (work: Parameters<typeof store.read>[0]) => {
      const found = await store.read(work)
      await between()
      return found
    },
    watch: store.watch.bind(store),
  })
  const users = new UserLookup(slow)
  between = async () => {
    await store.transact(tx => tx.put('users', { ...fred, active: false }))
  }
  t.match(await users.find('fred'), { active: true })
  t.equal(users.get('fred'), undefined)
})

t.test('a username without a user is not kept', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  const users = new UserLookup(store)
  t.equal(await users.find('nobody'), undefined)
  t.equal(users.get('nobody'), undefined)
})
