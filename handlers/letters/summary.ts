import { MINUTE } from '../../data/durations.ts'
import type { Letter } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import type { LetterCount } from './letter_count.ts'

/** How long after its first follow-up a summary is sent. */
const PERIOD = 10 * MINUTE
/** How long before sending a summary takes no more follow-ups, since the outbox may have read it already. */
const CLOSED_BEFORE = MINUTE
/** How many follow-ups a summary names; beyond that, it only says that there are more. */
const MOST_NAMED = 200

/** Adds a follow-up to the open summary for an address, or starts a new summary. */
export async function addToSummary(
  { tx, now }: Call,
  count: LetterCount,
  to: string,
  followup: number,
): Promise<void> {
  const number = count.caps.summaryFor(to)
  const kept = number === undefined ? undefined : await tx.get('letters', number)
  if (kept && isOpen(kept, to, now)) {
    const { followups = [], more } = kept
    if (followups.length < MOST_NAMED)
      await tx.put('letters', { ...kept, followups: [...followups, followup] })
    else if (!more) await tx.put('letters', { ...kept, more: true })
    return
  }
  const { id } = await tx.add('letters', {
    event: 'summary',
    to,
    ticket: null,
    followup: null,
    followups: [followup],
    answer: null,
    state: 'waiting',
    created: now,
    due: later(now, PERIOD),
    attempts: [],
  })
  count.caps.setSummary(to, id)
}

function isOpen({ event, to, state, due, attempts }: Letter, address: string, now: string): boolean {
  return (
    event === 'summary' &&
    to === address &&
    state === 'waiting' &&
    attempts.length === 0 &&
    due > later(now, CLOSED_BEFORE)
  )
}

function later(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) + milliseconds).toISOString()
}
