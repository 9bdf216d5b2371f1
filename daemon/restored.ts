import { DAY } from '../data/durations.ts'
import type { Store, Tx } from '../data/store.ts'
import { type Instant, numbered, type Restore } from '../data/tables.ts'

/** So many numbers are left out at least: more than a busy site gives out in a month, and people see the gap. */
const GAP = 100_000
/**
 * For so long since the backup's last record one more is left out. Whoever puts back a backup once more, this one or another, then
 * begins above all that was given out meanwhile.
 */
const MILLISECONDS_A_NUMBER = 300
/** A clock that is wrong must not use up the numbers. */
const LONGEST_MILLISECONDS = 10 * 365 * DAY

/**
 * To be called once after a backup was put back, with the moment of it: raises the numbers of all tables above what may have been given
 * out since the backup was made, and begins a new epoch, in one commit. Gives the record of it.
 */
export async function restored(store: Store, at: Instant): Promise<Restore> {
  return store.transact(async tx => {
    const lost = Date.parse(at) - Date.parse((await lastMoment(tx)) ?? at)
    const bounded = Math.min(Math.max(lost, 0), LONGEST_MILLISECONDS)
    const gap = GAP + Math.ceil(bounded / MILLISECONDS_A_NUMBER)
    const before: Record<string, number> = {}
    const after: Record<string, number> = {}
    for (const table of numbered) {
      // Their count is the epoch.
      if (table === 'restores') continue
      before[table] = await tx.skip(table, 0)
      after[table] = before[table] + gap
      await tx.skip(table, after[table])
    }
    return tx.add('restores', { at, before, after })
  })
}

/** When the last record of those that come by themselves was made; undefined where there is none. */
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
