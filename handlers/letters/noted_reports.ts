import { beginningOf } from '../../data/beginning.ts'
import type { LetterReport } from '../../data/tables.ts'

/** For one letter. Anyone who has the letter can write reports about it. */
const MOST_REPORTS = 5
/** In bytes. */
const LONGEST_WORDS = 300

/** The reports of a letter as they are kept, with a new one: the last five. What was noted before is not noted again. */
export function withReport(
  reports: readonly LetterReport[],
  { at, outcome, words }: LetterReport,
): readonly LetterReport[] {
  const short = beginningOf(words, LONGEST_WORDS)
  if (reports.some(one => one.outcome === outcome && one.words === short)) return reports
  return [...reports, { at, outcome, words: short }].slice(-MOST_REPORTS)
}
