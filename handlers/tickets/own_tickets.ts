import { spellingsOf } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'

/** How many tickets are told, how many of the newest are looked at, and how many follow-ups of each. */
const MOST_TOLD = 20
const MOST_LOOKED_AT = 200
const MOST_FOLLOWUPS = 20

/** Whether a ticket has this submitter, by the address as written or in lower case. */
export async function hasTickets(tx: Reader, address: string): Promise<boolean> {
  for (const submitter_email of spellingsOf(address))
    if ((await tx.count('tickets', { submitter_email })) > 0) return true
  return false
}

/** The newest tickets of a submitter: the unresolved ones first, then the newest first. */
export async function ownTickets(tx: Reader, address: string): Promise<readonly Ticket[]> {
  const found: Ticket[] = []
  for (const submitter_email of spellingsOf(address))
    found.push(...(await tx.find('tickets', { submitter_email }, { newest: true, limit: MOST_LOOKED_AT })))
  return found.sort((a, b) => Number(a.status > 2) - Number(b.status > 2) || b.id - a.id).slice(0, MOST_TOLD)
}

/** The day of the last public news of a ticket, or else of its opening: `YYYY-MM-DD`. */
export async function lastNewsOf(tx: Reader, { id, created }: Ticket): Promise<string> {
  const page = { newest: true, limit: MOST_FOLLOWUPS } as const
  const news = (await tx.find('followups', { ticket: id }, page)).find(({ public: open }) => open)
  return (news?.date ?? created).slice(0, 10)
}
