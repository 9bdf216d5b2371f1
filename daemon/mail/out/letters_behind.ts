import type { Reader, Store } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'

/** How many earlier letters are looked at, which may all wait for the same one. */
const MOST_LOOKED_AT = 50

/** Keeps the order of the letters to one recipient about one ticket. Other letters wait for none of them. */
export class LettersBehind {
  readonly #store: Store
  /** The letters that wait for the attempt of an earlier one, which is running, by their numbers. */
  readonly #held = new Map<number, number>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Whether a letter waits for a running attempt. */
  isHeld(letter: number): boolean {
    return this.#held.has(letter)
  }

  /** The attempt of a letter has ended. */
  free(letter: number): void {
    for (const [behind, before] of this.#held) if (before === letter) this.#held.delete(behind)
  }

  /** Whether `before` must go first; if that one waits for its next attempt, this one is due after it. */
  async mustWait(
    letter: Letter,
    before: Letter | undefined,
    isUnderWay: (letter: number) => boolean,
  ): Promise<boolean> {
    if (!before) return false
    if (isUnderWay(before.id)) this.#held.set(letter.id, before.id)
    else if (before.due > letter.due) await this.#putOff(letter.id, before.due)
    return true
  }

  #putOff(id: number, due: string): Promise<void> {
    return this.#store.transact(async tx => {
      const letter = await tx.get('letters', id)
      if (letter?.state === 'waiting') await tx.put('letters', { ...letter, due })
    })
  }
}

/** The first letter of those right before that wait, if it was due at some time: one that is still collected holds up nothing. */
export async function letterBefore(tx: Reader, { id, ticket, to }: Letter): Promise<Letter | undefined> {
  if (ticket === null) return undefined
  const page = { newest: true, after: id, limit: MOST_LOOKED_AT } as const
  const now = new Date().toISOString()
  let first: Letter | undefined
  for (const before of await tx.find('letters', { ticket, to }, page)) {
    if (before.state !== 'waiting') break
    if (before.attempts.length > 0 || before.due <= now) first = before
  }
  return first
}
