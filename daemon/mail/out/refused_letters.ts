import { HOUR } from '../../../data/durations.ts'
import type { Letter } from '../../../data/tables.ts'
import type { Result } from './smarthost.ts'

/** After so many refusals in a row, it is not about the letters. */
const MOST_REFUSALS = 2

/** What one attempt means, once it is known what a refusal is about. */
export interface AttemptOutcome {
  /** `unfit`: failed for what is in the letter, which says nothing of its address. */
  readonly state: 'sent' | 'failed' | 'unfit' | 'deferred' | 'down'
  readonly reply: string
}

/**
 * Decides what refusals are about: the recipient, the letter, or us. What may be about us fails no letter. The first such refusal defers its
 * letter alone, since one letter or the words of one receiving server prove little, unless nothing was sent in the last hour; the second in
 * a row means that all must wait. A letter that was refused twice fails if another one was sent in between, and the refusal may be about the letter.
 */
export class RefusedLetters {
  #inRow = 0
  #sent = Number.NEGATIVE_INFINITY

  /** `now` in milliseconds since 1970. */
  outcome({ attempts }: Letter, { state, reply }: Result, now: number): AttemptOutcome {
    switch (state) {
      case 'sent':
        this.#inRow = 0
        this.#sent = now
        return { state, reply }
      case 'down':
        this.#inRow = MOST_REFUSALS
        return { state, reply }
      case 'doubted':
      case 'refused': {
        const before = attempts.at(-1)
        const isAlone = before?.reply.startsWith('5') && this.#sent > Date.parse(before.at)
        if (state === 'doubted' && isAlone) return { state: 'unfit', reply }
        this.#inRow++
        const isUs = this.#inRow >= MOST_REFUSALS || now - this.#sent > HOUR
        return { state: isUs ? 'down' : 'deferred', reply }
      }
      default:
        return { state, reply }
    }
  }
}
