import type { Event } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { reachedOf } from './failing_addresses.ts'

/** Writes a letter with these paragraphs to each active administrator, at an address that letters reach. */
export async function noticeAdministrators(
  { tx, now }: Pick<Call, 'tx' | 'now'>,
  event: Extract<Event, 'held_back' | 'failing' | 'cancelled'>,
  subject: string,
  sentences: readonly string[],
): Promise<void> {
  for (const { active, addresses } of await tx.find('users', { admin: true })) {
    const address = active ? await reachedOf(tx, addresses) : undefined
    if (address === undefined) continue
    await tx.add('letters', {
      event,
      to: address,
      ticket: null,
      followup: null,
      answer: { subject, message_id: null, sentences },
      state: 'waiting',
      created: now,
      due: now,
      attempts: [],
    })
  }
}
