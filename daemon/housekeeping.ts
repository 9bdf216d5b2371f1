import { setImmediate as turn } from 'node:timers/promises'
import { DAY, HOUR } from '../data/durations.ts'
import type { Store, Tx } from '../data/store.ts'
import type { Id, Instant, Row, Table } from '../data/tables.ts'
import type { Config } from './config/config.ts'
import { withoutRaw } from './files/drop_raws.ts'
import type { Events } from './log/events.ts'
import { shrinking } from './shrink_texts.ts'

/** How many days after its last failure an address is forgotten that still gets letters. */
const KEEP_FAILURES_DAYS = 30
/** How many records one transaction reads: even if it removes as many files, others wait only a few milliseconds. */
const AT_ONCE = 50

/** The options that say how long records are kept. */
export type Lives = Pick<Config, `mail.keep_${'raw' | 'records' | 'letters'}_days`>

/** Runs the housekeeping at once and then every hour; gives the function that stops it and waits for the current run. */
export function startClock(store: Store, lives: Lives, events: Events): () => Promise<void> {
  const end = new AbortController()
  let underWay: Promise<void> | undefined
  const shrink = shrinking(store, end.signal)
  const tick = () => {
    if (underWay) return
    underWay = forget(store, Date.now(), lives, end.signal)
      .then(shrink)
      .catch(error => events.housekeepingFailed(error))
      .finally(() => {
        underWay = undefined
      })
  }
  const timer = setInterval(tick, HOUR).unref()
  tick()
  return async () => {
    clearInterval(timer)
    end.abort()
    await underWay
  }
}

/**
 * Deletes what is old at the moment `now`, in milliseconds since 1970: stored first answers that have expired, records of received mails
 * (and, earlier, their raw mails), letters that were sent or have failed, and failures of addresses that still get letters. A waiting
 * letter is never old. Stops when `ended` is aborted.
 */
export async function forget(store: Store, now: number, lives: Lives, ended?: AbortSignal): Promise<void> {
  const daysBefore = (days: number): Instant => new Date(now - days * DAY).toISOString()
  const [moment, rawBefore] = [daysBefore(0), daysBefore(lives['mail.keep_raw_days'])]
  const recordsBefore = daysBefore(lives['mail.keep_records_days'])
  const failuresBefore = daysBefore(KEEP_FAILURES_DAYS)
  const lettersBefore = daysBefore(lives['mail.keep_letters_days'])
  await walk(store, 'once', ended, async (tx, { id, expires }) => {
    if (expires <= moment) await tx.delete('once', id)
  })
  await walk(store, 'mails', ended, async (tx, mail) => {
    if (mail.received <= recordsBefore) await tx.delete('mails', mail.id)
    else if (mail.raw !== null && mail.received <= rawBefore) await tx.put('mails', withoutRaw(mail))
  })
  await walk(store, 'letters', ended, async (tx, { id, state, due }) => {
    if (state !== 'waiting' && due <= lettersBefore) await tx.delete('letters', id)
  })
  await walk(store, 'confirmations', ended, async (tx, { id, created }) => {
    if (created <= lettersBefore) await tx.delete('confirmations', id)
  })
  await walk(store, 'failing', ended, async (tx, { id, since, last }) => {
    if (since === undefined && last <= failuresBefore) await tx.delete('failing', id)
  })
}

/**
 * Looks at all records of a table, a few per transaction, and lets other work run in between. It cannot stop at the first young record:
 * if the clock was changed, dates do not rise with the ids.
 */
async function walk<T extends Table>(
  store: Store,
  table: T,
  ended: AbortSignal | undefined,
  look: (tx: Tx, record: Row<T>) => Promise<void>,
): Promise<void> {
  let behind: { after?: Id<T> } = {}
  for (;;) {
    const page = await store.transact(async tx => {
      const found = await tx.find(table, {}, { ...behind, limit: AT_ONCE })
      for (const record of found) await look(tx, record)
      return found
    })
    if (page.length < AT_ONCE || ended?.aborted) return
    behind = { after: page.at(-1)!.id }
    await turn()
  }
}
