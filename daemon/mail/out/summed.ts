import type { Reader } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import type { Summed } from './letters/summary.ts'

/** The tickets of a summary that still exist. */
export async function summedOf(tx: Reader, { followups = [] }: Letter): Promise<Summed[]> {
  const summed = new Map<number, Summed>()
  for (const id of followups) {
    const followup = await tx.get('followups', id)
    const ticket = followup && (await tx.get('tickets', followup.ticket))
    const queue = ticket && (await tx.get('queues', ticket.queue))
    if (ticket && queue)
      summed.set(ticket.id, { ticket, queue, times: 1 + (summed.get(ticket.id)?.times ?? 0) })
  }
  return [...summed.values()]
}
