import { beginningOf } from '../../../../data/beginning.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import type { Received } from '../received/received.ts'
import type { DeliveryReport } from './delivery_report.ts'

/** In bytes. */
const LONGEST_WORDS = 300
/** Types of reports with which nobody complains about a letter: those of RFC 6430 and RFC 6591, and reports about DMARC. */
const NO_COMPLAINTS = new Set(['not-spam', 'auth-failure', 'dmarc'])

/** The complaint about the letter to whose return path a mail came; undefined for any other mail. */
export function complaintIn({
  feedbackType,
  text,
}: Pick<Received, 'feedbackType' | 'text'>): DeliveryReport | undefined {
  if (feedbackType === undefined || NO_COMPLAINTS.has(feedbackType)) return undefined
  const [words = ''] = text.beginning.trimStart().split(/\r?\n\r?\n/, 1)
  return {
    outcome: 'complaint',
    reason: beginningOf(oneLine(words).trim(), LONGEST_WORDS) || `a report of type ${feedbackType}`,
  }
}
