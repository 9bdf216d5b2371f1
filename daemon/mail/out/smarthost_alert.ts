import { DAY } from '../../../data/durations.ts'
import type { Letter } from '../../../data/tables.ts'
import { reasonOf } from '../../../handlers/letters/refusals/reason_of.ts'
import type { AttemptOutcome } from './refused_letters.ts'
import type { Result } from './smarthost.ts'

/** So often may the helpdesk be refused as the sender of one letter while others are sent; greylisting takes as many attempts. */
const MOST_REFUSALS = 2
/** A refusal that comes so long after the last one is another one: letters that wait are tried again sooner. */
const LASTS = DAY

/**
 * Decides when the log tells that the smarthost takes no letters, or none of some kind: once, even if others are sent in between. Times are
 * in milliseconds since 1970.
 */
export class SmarthostAlert {
  #began: number | undefined
  #isRefusal = false
  #last = 0

  /** When that began; undefined if the smarthost takes letters. */
  get since(): number | undefined {
    return this.#began
  }

  /** Whether an outage or a refusal of the helpdesk begins with this attempt of a letter. */
  begins(letter: Letter, result: Result, outcome: AttemptOutcome, now: number): boolean {
    const isRefusal = result.state === 'refused'
    const isLasting = isRefusal && refusalsOf(letter) >= MOST_REFUSALS
    if (outcome.state !== 'down' && !isLasting) return false
    const isNew = this.#began === undefined || (this.#isRefusal && now - this.#last > LASTS)
    if (isNew) this.#began = now
    this.#isRefusal = isRefusal || (this.#isRefusal && !isNew)
    this.#last = now
    return isNew
  }

  /** Gives how long it lasted, if this attempt ends it: a refusal ends when a letter is sent that was refused before. */
  end(letter: Letter, { state }: AttemptOutcome, now: number): number | undefined {
    if (this.#began === undefined || state === 'down') return undefined
    if (this.#isRefusal && (state !== 'sent' || refusalsOf(letter) === 0)) return undefined
    const lasted = now - this.#began
    this.#began = undefined
    return lasted
  }
}

/** How often the helpdesk was refused as the sender of a letter. */
function refusalsOf({ attempts }: Letter): number {
  return attempts.filter(({ reply }) => reasonOf(reply)?.blames === 'us').length
}
