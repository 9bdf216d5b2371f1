import { mailbox } from '../../data/address.ts'
import { MINUTE } from '../../data/durations.ts'
import type { Tx } from '../../data/store.ts'
import type { Instant, Letter } from '../../data/tables.ts'
import type { Call } from '../method.ts'

/** How long a letter waits for more of its run, if nobody releases it before. */
const LONGEST_WAIT = 10 * MINUTE
/** How many follow-ups a letter names; beyond that, it only says that there are more. */
const MOST_NAMED = 200

/** The letters of one run, or of one call, by recipient: what else a recipient is told there goes into the same letter. */
export class GatheredLetters {
  readonly #numbers = new Map<string, number>()

  /** Their numbers. */
  get numbers(): readonly number[] {
    return [...this.#numbers.values()]
  }

  letterTo(address: string): number | undefined {
    return this.#numbers.get(mailbox(address))
  }

  add({ id, to }: Pick<Letter, 'id' | 'to'>): void {
    this.#numbers.set(mailbox(to), id)
  }
}

/** When a letter of a call is due. */
export function dueOf({ gathered, now }: Pick<Call, 'gathered' | 'now'>): Instant {
  return gathered ? momentAfter(now, LONGEST_WAIT) : now
}

/** Adds a follow-up to the letter that the recipient gets for this run; gives whether there is one. */
export async function isGathered(
  call: Pick<Call, 'tx' | 'gathered' | 'now'>,
  to: string,
  followup: number,
): Promise<boolean> {
  const { tx, gathered, now } = call
  const number = gathered?.letterTo(to)
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  // After a commit that failed, another letter may have the number.
  if (!letter || letter.to !== to || !isOpen(letter, now)) return false
  const named = letter.followups ?? [letter.followup!]
  const due = dueOf(call)
  const several = { ...letter, due, event: 'escalations', ticket: null, followup: null } as const
  if (named.length < MOST_NAMED) await tx.put('letters', { ...several, followups: [...named, followup] })
  // A long run must not write it again for each ticket, only early enough.
  else if (!letter.more || letter.due < momentAfter(now, LONGEST_WAIT / 2))
    await tx.put('letters', { ...letter, due, more: true })
  return true
}

/** The run is over: its letters go out. */
export async function release(tx: Tx, numbers: readonly number[], now: Instant): Promise<void> {
  for (const number of numbers) {
    const letter = await tx.get('letters', number)
    if (letter && isOpen(letter, now)) await tx.put('letters', { ...letter, due: now })
  }
}

const GATHERED: readonly Letter['event'][] = [
  'escalated',
  'reminder',
  'hold_ended',
  'due',
  'letter_failed',
  'escalations',
]

/** When it is due, the outbox may have read it already. */
function isOpen({ event, state, attempts, due }: Letter, now: Instant): boolean {
  return GATHERED.includes(event) && state === 'waiting' && attempts.length === 0 && due > now
}

/** A moment so many milliseconds after another one. */
export function momentAfter(instant: Instant, milliseconds: number): Instant {
  return new Date(Date.parse(instant) + milliseconds).toISOString()
}
