import { DAY } from '../../data/durations.ts'
import type { Store } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'

/** How many of the newest mails are looked at, and how many in one transaction. */
const MOST_LOOKED_AT = 10_000
const PAGE = 500

/** What became of the mails of the last day. */
export interface LastDay {
  readonly mails: number
  readonly spam: number
  readonly loops: number
  /** Letters that were held back. */
  readonly held_back: number
  /** Whether these are all mails of the day; otherwise the 10,000 newest. */
  readonly whole: boolean
}

/** Counts the mails that came in the day before `now`, in milliseconds since 1970. */
export async function lastDay(store: Store, now: number): Promise<LastDay> {
  const since = new Date(now - DAY).toISOString()
  const found: Mail[] = []
  let behind: { after?: number } = {}
  let more = true
  for (let looked = 0; more && looked < MOST_LOOKED_AT; looked += PAGE) {
    const page = await store.read(tx => tx.find('mails', {}, { newest: true, limit: PAGE, ...behind }))
    const young = page.filter(({ received }) => received > since)
    found.push(...young)
    more = young.length === PAGE
    behind = more ? { after: page.at(-1)!.id } : {}
  }
  const judged = (verdict: Mail['verdict']) => found.filter(mail => mail.verdict === verdict).length
  return {
    mails: found.length,
    spam: judged('spam'),
    loops: judged('loop'),
    held_back: found.reduce((sum, { held_back = [] }) => sum + held_back.length, 0),
    whole: !more,
  }
}
