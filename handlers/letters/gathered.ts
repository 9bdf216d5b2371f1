import { mailbox } from '../../data/address.ts'
import { MINUTE } from '../../data/durations.ts'
import type { Tx } from '../../data/store.ts'
import type { Instant, Letter } from '../../data/tables.ts'
import type { Call } from '../method.ts'

/** How long a letter waits for the rest of its run, if nobody releases it before. */
const LONGEST_WAIT = 10 * MINUTE
/** How many follow-ups a letter names; beyond that, it only says that there are more. */
const MOST_NAMED = 200

/** The letters of one run, by recipient: what else a recipient is told in the run goes into the same letter. */
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

/** When a new letter of a call is due. */
export function dueOf({ gathered, now }: Pick<Call, 'gathered' | 'now'>): Instant {
  return gathered ? new Date(Date.parse(now) + LONGEST_WAIT).toISOString() : now
}

/** Adds a follow-up to the letter that the recipient gets for this run; gives whether there is one. */
export async function isGathered(
  { tx, gathered }: Pick<Call, 'tx' | 'gathered'>,
  to: string,
  followup: number,
): Promise<boolean> {
  const number = gathered?.letterTo(to)
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  // After a commit that failed, another letter may have the number.
  if (!letter || letter.to !== to || !isOpen(letter)) return false
  const named = letter.followups ?? [letter.followup!]
  const several = { ...letter, event: 'escalations', ticket: null, followup: null } as const
  if (named.length < MOST_NAMED) await tx.put('letters', { ...several, followups: [...named, followup] })
  else if (!letter.more) await tx.put('letters', { ...letter, more: true })
  return true
}

/** The run is over: its letters go out. */
export async function release(tx: Tx, numbers: readonly number[], now: Instant): Promise<void> {
  for (const number of numbers) {
    const letter = await tx.get('letters', number)
    if (letter && isOpen(letter) && letter.due > now) await tx.put('letters', { ...letter, due: now })
  }
}

const GATHERED: readonly Letter['event'][] = ['escalated', 'reminder', 'hold_ended', 'due', 'escalations']

function isOpen({ event, state, attempts }: Letter): boolean {
  return GATHERED.includes(event) && state === 'waiting' && attempts.length === 0
}
