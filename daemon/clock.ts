import type { Store, Tx } from '../data/store.ts'
import { events } from './events.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
/** How many records one transaction forgets, so that nobody waits for it. */
const AT_ONCE = 500

/** Does once an hour what has no caller; gives the function that ends it, after what is under way. */
export function startClock(store: Store, keepRawDays: number): () => Promise<void> {
  let underWay: Promise<void> | undefined
  const tick = () => {
    if (underWay) return
    const now = Date.now()
    const rawBefore = new Date(now - keepRawDays * DAY).toISOString()
    underWay = forget(store, new Date(now).toISOString(), rawBefore)
      .catch(events.housekeepingFailed)
      .finally(() => {
        underWay = undefined
      })
  }
  const timer = setInterval(tick, HOUR).unref()
  tick()
  return async () => {
    clearInterval(timer)
    await underWay
  }
}

/** Forgets first answers that have expired, and received mails as they came when they are old. */
export async function forget(store: Store, now: string, rawBefore: string): Promise<void> {
  await repeat(store, async tx => {
    const expired = await tx.find('once', { expires: { to: now } }, { limit: AT_ONCE })
    for (const { id } of expired) await tx.delete('once', id)
    return expired.length
  })
  await repeat(store, async tx => {
    const old = await tx.find('mails', { received: { to: rawBefore }, raw: { from: '' } }, { limit: AT_ONCE })
    for (const mail of old) await tx.put('mails', { ...mail, raw: null })
    return old.length
  })
}

async function repeat(store: Store, work: (tx: Tx) => Promise<number>): Promise<void> {
  while ((await store.transact(work)) === AT_ONCE);
}
