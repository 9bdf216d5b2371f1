import type { Reader } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'

/** How many of the newest follow-ups of a ticket are searched for the one that a mail became. */
const MOST_LOOKED_AT = 1000

/** Whether a mail was an answer of a user that was refused, since it has no new words: no follow-up of its ticket came by it. */
export async function isRefusedAnswer(
  tx: Reader,
  { verdict, user, received, tickets: [ticket] }: Mail,
): Promise<boolean> {
  if (verdict !== 'followup' || user === null || ticket === undefined) return false
  const newest = await tx.find('followups', { ticket }, { newest: true, limit: MOST_LOOKED_AT })
  return newest.every(({ date }) => date !== received)
}
