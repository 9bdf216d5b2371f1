import type { Letter } from '../../../data/tables.ts'

/** What became of a letter so far. */
export const letterStates: readonly Letter['state'][] = ['waiting', 'sent', 'failed']
