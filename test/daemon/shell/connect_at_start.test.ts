import t from 'tap'
import { connect, connectAtStart } from '../../../daemon/shell/client.ts'
import { openStore } from '../../../data/json/open.ts'
import { directoryFor, quietEvents, quietStore } from '../../house.ts'

t.test('init waits for a daemon that has the store and does not listen yet', async t => {
  const directory = directoryFor(t)
  const store = await openStore(directory, quietStore)
  const connected = connectAtStart(directory, quietEvents())
  await t.rejects(connect(directory, quietEvents()), { code: 'conflict' })
  await store.close()
  await (await connected).close()
})
