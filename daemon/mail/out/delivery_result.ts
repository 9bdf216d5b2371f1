import { HOUR, MINUTE } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import type { Store } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import { call } from '../../../handlers/call.ts'
import { withAttempt } from '../../../handlers/letters/attempts.ts'
import type { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import type { Events } from '../../log/events.ts'
import type { Result } from './smarthost.ts'

/** The wait after the first, second, … attempt in milliseconds; the last one repeats. */
export const WAITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR]
/** A letter that is older fails (RFC 5321 4.5.4.1). */
const GIVE_UP_MILLISECONDS = 5 * 24 * HOUR

/** Where results are recorded. Letters about failed letters count against the caps, too. */
export interface ResultSite {
  readonly store: Store
  readonly events: Events
  readonly letters: LetterCaps
}

export function waitAfter(attempts: number, waits: readonly number[]): number {
  return waits[Math.min(attempts, waits.length - 1)]!
}

/** Records the result of an attempt, unless the letter was deleted meanwhile. Throws Failure `full` if there is no disk space. */
export async function keep(site: ResultSite, letter: Letter, { state, reply }: Result): Promise<void> {
  const { store, events } = site
  const now = new Date().toISOString()
  const tooLate = Date.parse(now) - Date.parse(letter.created) > GIVE_UP_MILLISECONDS
  const facts = { letter: letter.id, reply }
  if (state === 'failed' || (state !== 'sent' && tooLate)) {
    if (await report(site, letter.id, { state, reply }, now)) events.letterFailed({ ...facts, to: letter.to })
    return
  }
  const wait = waitAfter(letter.attempts.length, WAITS)
  const due = state === 'sent' ? now : new Date(Date.parse(now) + wait).toISOString()
  await store.transact(async tx => {
    const kept = await tx.get('letters', letter.id)
    if (!kept) return
    const attempts = withAttempt(kept.attempts, { at: now, reply })
    await tx.put('letters', { ...kept, attempts, due, state: state === 'sent' ? 'sent' : 'waiting' })
  })
  if (state === 'sent') events.letterSent(facts)
  else events.letterDeferred({ ...facts, due })
}

/** Gives false if the letter no longer exists. */
async function report(
  { store, letters }: ResultSite,
  letter: number,
  { state, reply }: Result,
  now: string,
): Promise<boolean> {
  const by = state === 'failed' ? 'attempt' : 'age'
  const command = { method: 'report_letter', params: { letter, reply: { line: reply }, by } }
  try {
    await call(store, [command], { actor: { kind: 'daemon' }, door: 'daemon', now, letters })
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return false
    throw error
  }
}
