import { Failure } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { Followup } from '../../data/tables.ts'

/** How many follow-ups are read at a time, since they may be long. */
const PAGE = 100

/** The follow-up with a number within its ticket, counted from 1. Throws Failure `not_found` if there are not so many. */
export async function followupNumbered(tx: Reader, ticket: number, number: number): Promise<Followup> {
  const all = await tx.count('followups', { ticket })
  if (number > all)
    throw new Failure('not_found', `Ticket ${ticket} has no follow-up ${number}; it has ${all}.`, {
      parameter: 'followup',
    })
  let page: readonly Followup[] = []
  for (let left = number; left > 0; left -= page.length) {
    const after = page.at(-1)?.id
    const behind = after === undefined ? {} : { after }
    page = await tx.find('followups', { ticket }, { limit: Math.min(left, PAGE), ...behind })
  }
  return page.at(-1)!
}
