import { existsSync } from 'node:fs'
import { Failure } from '../../data/failure.ts'
import { openStore, repairStore } from '../../data/json/open.ts'
import { snapshotPath } from '../../data/json/snapshot/snapshot.ts'
import type { Config } from '../config/config.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import { storeEvents } from '../log/store_events.ts'
import { restored } from './restored.ts'

/** Drops what cannot be read of the store; gives what that is. Throws Failure `conflict` if another process has the store. */
export async function repaired({ state_dir: directory }: Config, events: Events): Promise<string> {
  await becomeOwner(directory)
  const flaws = await repairStore(directory, storeEvents(events))
  if (flaws.length === 0) return 'Nothing is damaged.'
  const lines = flaws.map(({ journal, offset, first, last }) => {
    const place = offset === undefined ? 'which is missing' : `byte ${offset}`
    const beginning = offset === undefined ? 'an unknown number of commits' : 'its beginning'
    return `helpdesk.${journal}.journal, ${place}: ${last < first ? beginning : `commits ${first} to ${last}`}`
  })
  return `These parts could not be read and are lost:\n${lines.join('\n')}\nThe damaged journals are kept for 30 days beside the others, as *.damaged.`
}

/**
 * Raises the numbers after a backup was restored; gives where each table continues. Throws Failure `not_found` if there is no store, and
 * `conflict` if another process has it.
 */
export async function numbersRaised({ state_dir: directory }: Config, events: Events): Promise<string> {
  await becomeOwner(directory)
  if (!existsSync(snapshotPath(directory)))
    throw new Failure('not_found', `There is no helpdesk in ${directory}; restore a backup first.`)
  const store = await openStore(directory, storeEvents(events))
  try {
    const { id, before, after } = await restored(store, new Date().toISOString())
    const lines = Object.keys(after).map(
      table => `${table}: was at ${before[table]}, continues above ${after[table]}`,
    )
    return `No number that was used after the backup is used again:\n${lines.join('\n')}\nThis is epoch ${id}.`
  } finally {
    await store.close()
  }
}
