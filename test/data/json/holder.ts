import { openStore } from '../../../data/json/open.ts'
import { quietStore } from '../../house.ts'
import { ticket } from '../records.ts'

/** A child process that keeps a store open until it is killed: `holder.ts DIRECTORY`. */
const store = await openStore(process.argv[2]!, quietStore)
await store.transact(tx => tx.add('tickets', ticket({ title: 'from the holder' })))
console.log('open')
setInterval(() => {}, 60_000)
