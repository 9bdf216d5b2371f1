import { DAY } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import type { Store } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import { call } from '../../../handlers/call.ts'
import { attemptsNow, withAttempt } from '../../../handlers/letters/attempts.ts'
import type { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import type { Events } from '../../log/events.ts'
import { type OutboxWaits, waitAfter } from './outbox_waits.ts'
import type { AttemptOutcome } from './refused_letters.ts'

/** A letter that is older fails (RFC 5321 4.5.4.1). */
const GIVE_UP_MILLISECONDS = 5 * DAY

/** Where results are recorded. Letters about failed letters count against the caps, too. */
export interface ResultSite {
  readonly store: Store
  readonly events: Events
  readonly letters: LetterCaps
}

/** Records the result of an attempt, unless the letter was deleted meanwhile. Throws Failure `full` if there is no disk space. */
export async function keep(
  site: ResultSite,
  letter: Letter,
  { state, reply }: AttemptOutcome,
  waits: OutboxWaits,
): Promise<void> {
  const { store, events } = site
  const now = new Date().toISOString()
  const since = letter.retried ?? letter.created
  const tooLate = Date.parse(now) - Date.parse(since) > GIVE_UP_MILLISECONDS
  const facts = { letter: letter.id, reply }
  if (state === 'failed' || state === 'unfit' || (state !== 'sent' && tooLate)) {
    if (await report(site, letter.id, { state, reply }, now)) events.letterFailed({ ...facts, to: letter.to })
    return
  }
  // What only waits for the smarthost goes soon after it is back.
  const wait = waitAfter(attemptsNow(letter), state === 'down' ? waits.pauses : waits.retries)
  const due = state === 'sent' ? now : new Date(Date.parse(now) + wait).toISOString()
  const isKept = await store.transact(async tx => {
    const kept = await tx.get('letters', letter.id)
    if (kept?.state !== 'waiting') return false
    const attempts = withAttempt(kept.attempts, { at: now, reply })
    await tx.put('letters', { ...kept, attempts, due, state: state === 'sent' ? 'sent' : 'waiting' })
    return true
  })
  if (state === 'sent') events.letterSent(facts)
  else if (isKept) events.letterDeferred({ ...facts, due })
}

/** Gives false if the letter no longer exists. */
async function report(
  { store, letters }: ResultSite,
  letter: number,
  { state, reply }: AttemptOutcome,
  now: string,
): Promise<boolean> {
  const by = state === 'failed' ? 'attempt' : state === 'unfit' ? 'letter' : 'age'
  const command = { method: 'report_letter', params: { letter, reply: { line: reply }, by } }
  try {
    await call(store, [command], { actor: { kind: 'daemon' }, door: 'daemon', now, letters })
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return false
    throw error
  }
}
