import { SyncFailed } from '../../data/disk.ts'
import type { StoreEvents } from '../../data/json/store.ts'
import { CRASH_EXIT, DISK_FAILED_EXIT } from '../codes.ts'
import type { Events } from './events.ts'

/** Logs the events of the store. A fatal one ends the process at once, so that no call is confirmed any more. */
export function storeEvents(events: Events): StoreEvents {
  return {
    fatal: error => {
      if (error instanceof SyncFailed) {
        events.syncFailed(error)
        process.exit(DISK_FAILED_EXIT)
      }
      events.crashed(error)
      process.exit(CRASH_EXIT)
    },
    synced: (milliseconds, waits) => events.synced(milliseconds, waits),
    tornTail: facts => events.tornTail(facts),
    checkpoint: facts => events.checkpoint(facts),
    checkpointFailed: error => events.checkpointFailed(error),
  }
}
