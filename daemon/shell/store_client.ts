import { openStore } from '../../data/json/open.ts'
import { Passwords } from '../../data/password/password.ts'
import type { Hours } from '../../handlers/escalation/hours.ts'
import type { Events } from '../log/events.ts'
import { storeEvents } from '../log/store_events.ts'
import type { Client } from './client.ts'
import { run } from './run.ts'

/** Opens the store of a state directory, for commands while no daemon runs. Throws Failure `conflict` if another process has it. */
export async function openClient(directory: string, events: Events, hours?: Hours): Promise<Client> {
  const store = await openStore(directory, storeEvents(events))
  const site = { passwords: new Passwords(), events, ...(hours ? { hours } : {}) }
  return {
    run: command => run(store, command, site),
    close: async () => {
      await site.passwords.close()
      await store.close()
    },
  }
}
