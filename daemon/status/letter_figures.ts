import type { Reader } from '../../data/store.ts'
import type { Instant } from '../../data/tables.ts'

/** The letters on record by state; of the one that waits longest, since when, and the last reply of the smarthost. */
export interface LetterFigures {
  readonly waiting: number
  readonly sent: number
  readonly failed: number
  readonly oldest: Instant | null
  readonly reply: string | null
}

export async function letterFigures(tx: Reader): Promise<LetterFigures> {
  const counts = { waiting: 0, sent: 0, failed: 0 }
  for (const state of ['waiting', 'sent', 'failed'] as const)
    counts[state] = await tx.count('letters', { state })
  // Numbers rise with time, so no letter need be read to find the oldest.
  const [oldest] = await tx.find('letters', { state: 'waiting' }, { limit: 1 })
  return { ...counts, oldest: oldest?.created ?? null, reply: oldest?.attempts.at(-1)?.reply ?? null }
}
