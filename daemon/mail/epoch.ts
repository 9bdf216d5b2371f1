import type { Restore } from '../../data/tables.ts'

/**
 * The epoch in which a number was assigned: 0 before the first restore of a backup, one more after each restore. Undefined for a
 * number that a restore has undone: it was assigned after the backup was made and before it was restored.
 */
export type EpochOf = (table: 'tickets' | 'letters', number: number) => number | undefined

/** Takes all restores so far, oldest first. */
export function epochsBy(restores: readonly Restore[]): EpochOf {
  return (table, number) => {
    const knownBy = restores.findIndex(({ before }) => number <= (before[table] ?? 0))
    const epoch = knownBy < 0 ? restores.length : knownBy
    const begun = restores[epoch - 1]?.after[table] ?? 0
    return number > begun ? epoch : undefined
  }
}
