import { DAY } from '../../data/durations.ts'
import { numbered } from '../../data/indexes.ts'
import type { Store, Tx } from '../../data/store.ts'
import type { Instant, Restore } from '../../data/tables.ts'

/** How many numbers are skipped at least: more than a busy site uses in a month, so the gap is easy to see. */
const GAP = 100_000
/**
 * One more number is skipped for each such time since the last record of the backup. If a backup is restored again later, this one or
 * another, the numbers then start above all that were used in between.
 */
const MILLISECONDS_A_NUMBER = 300
/** A wrong clock must not use up the numbers. */
const LONGEST_MILLISECONDS = 10 * 365 * DAY

/**
 * To be called once after a backup was restored, with the current moment: raises the numbers of all tables above those that may have been
 * used since the backup was made, and begins a new epoch, in one commit. Gives the record of it.
 */
export async function restored(store: Store, at: Instant): Promise<Restore> {
  return store.transact(async tx => {
    const lost = Date.parse(at) - Date.parse((await lastMoment(tx)) ?? at)
    const bounded = Math.min(Math.max(lost, 0), LONGEST_MILLISECONDS)
    const gap = GAP + Math.ceil(bounded / MILLISECONDS_A_NUMBER)
    const before: Record<string, number> = {}
    const after: Record<string, number> = {}
    for (const table of numbered) {
      // The number of a restore is the epoch.
      if (table === 'restores') continue
      before[table] = await tx.skip(table, 0)
      after[table] = before[table] + gap
      await tx.skip(table, after[table])
    }
    return tx.add('restores', { at, before, after })
  })
}

/** When the newest mail, follow-up, letter or restore was recorded; undefined if there is none. */
async function lastMoment(tx: Tx): Promise<Instant | undefined> {
  const last = { newest: true, limit: 1 } as const
  const moments = [
    ...(await tx.find('mails', {}, last)).map(({ received }) => received),
    ...(await tx.find('followups', {}, last)).map(({ date }) => date),
    ...(await tx.find('letters', {}, last)).map(({ created }) => created),
    ...(await tx.find('restores', {}, last)).map(({ at }) => at),
  ]
  return moments.sort().at(-1)
}
