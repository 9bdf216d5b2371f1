import type { Event, Notice } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { reachedOf } from './failing_addresses.ts'

/** Writes a letter that tells this to each active administrator, at an address that letters reach. */
export async function noticeAdministrators(
  { tx, now }: Pick<Call, 'tx' | 'now'>,
  event: Extract<Event, 'held_back' | 'failing' | 'cancelled'>,
  notice: Notice,
): Promise<void> {
  for (const { active, addresses } of await tx.find('users', { admin: true })) {
    const address = active ? await reachedOf(tx, addresses) : undefined
    if (address === undefined) continue
    await tx.add('letters', {
      event,
      to: address,
      ticket: null,
      followup: null,
      answer: null,
      notice,
      state: 'waiting',
      created: now,
      due: now,
      attempts: [],
    })
  }
}
