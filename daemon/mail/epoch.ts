import type { Restore } from '../../data/tables.ts'

/**
 * In which epoch a number was given out: 0 before any backup was put back, then one more each time. Undefined for a number that none
 * of them gave out: it belongs to a time that was lost with what came after the backup.
 */
export type EpochOf = (table: 'tickets' | 'letters', number: number) => number | undefined

/** By the restores that there were, in their order. */
export function epochsBy(restores: readonly Restore[]): EpochOf {
  return (table, number) => {
    const knownBy = restores.findIndex(({ before }) => number <= (before[table] ?? 0))
    const epoch = knownBy < 0 ? restores.length : knownBy
    const begun = restores[epoch - 1]?.after[table] ?? 0
    return number > begun ? epoch : undefined
  }
}
