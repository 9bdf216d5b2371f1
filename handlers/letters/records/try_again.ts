import type { Tx } from '../../../data/store.ts'
import type { Instant, Letter } from '../../../data/tables.ts'

/**
 * Has a letter that is not sent attempted at once. One that has failed gets five more days and the short waits of its first attempts;
 * one that waits keeps its age.
 */
export async function tryAgain(tx: Tx, letter: Letter, now: Instant): Promise<void> {
  const { given_up: _, ...kept } = letter
  await tx.put('letters', {
    ...kept,
    state: 'waiting',
    due: now,
    ...(letter.state === 'failed' ? { retried: now } : {}),
  })
}
