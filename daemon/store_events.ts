import type { StoreEvents } from '../data/json/store.ts'
import { DISK_FAILED_EXIT } from './codes.ts'
import { events } from './events.ts'

/** What the store tells goes to the log; a sync that failed ends the process at once, without another word to anybody. */
export const storeEvents: StoreEvents = {
  fatal: error => {
    events.syncFailed(error)
    process.exit(DISK_FAILED_EXIT)
  },
  synced: (milliseconds, waits) => events.synced(milliseconds, waits),
  tornTail: bytes => events.tornTail(bytes),
  checkpoint: facts => events.checkpoint(facts),
  checkpointFailed: error => events.checkpointFailed(error),
}
