import { inbox, mailbox } from '../../data/address.ts'
import { DAY, HOUR } from '../../data/durations.ts'
import { Tally } from './tally.ts'

/** How many letters an hour go one by one to an address of the staff. */
const MOST_TO_STAFF = 60
const ALL_UNKNOWN = 'all'
const TOLD = 'told'

export interface LetterLimits {
  /** For one address: the letters to it that unproven mail from that address causes. */
  readonly addressHour: number
  readonly addressDay: number
  /** For all addresses together that no agent has ever answered. */
  readonly hour: number
}

/** What a letter counts towards. */
export interface Weight {
  /** The address, where an unproven mail causes a letter to the address that it names as its sender. */
  readonly echo?: string
  /** The same where that is a user: any address of that user. */
  readonly claim?: string
  /** The source of that mail, where no agent has ever answered the address. */
  readonly unknownBy?: string
  /** The address, where the letter goes to somebody else than the submitter. */
  readonly staff?: string
}
/** Why a letter is held back. */
export interface HeldBack {
  readonly cap: 'address' | 'all'
  readonly why: string
}

/** Decides which letters may go, by those of the last day. What a restart must know of them is in the records. */
export class LetterCaps {
  readonly #limits: LetterLimits
  readonly #inDay = new Tally(DAY)
  readonly #inHour = new Tally(HOUR)
  /** The last summary for an address. */
  readonly #summaries = new Map<string, number>()

  constructor(limits: LetterLimits) {
    this.#limits = limits
  }

  /** Why one more letter of this weight is held back; undefined where it may go. */
  heldBack(weight: Weight, now: number): HeldBack | undefined {
    const { addressHour, addressDay, hour } = this.#limits
    const { unknownBy } = weight
    const address = namedBy(weight)
    if (address !== undefined) {
      if (this.#inLastHour(weight, address, now) >= addressHour)
        return { cap: 'address', why: `that address had ${addressHour} in the last hour` }
      if (this.#inDay.count(address, now) >= addressDay)
        return { cap: 'address', why: `that address had ${addressDay} in the last day` }
    }
    if (unknownBy === undefined) return undefined
    // A sender gets no more than is left then: so one gets half of all at most, and there is always something left for others.
    const left = hour - this.#inHour.count(ALL_UNKNOWN, now)
    if (this.#inHour.count(unknown(unknownBy), now) < left) return undefined
    return { cap: 'all', why: 'too many went in the last hour to addresses that nobody here ever answered' }
  }

  /** An outsider may answer every letter, so all of them count; a user must hear of claims, so only letters about claims count. */
  #inLastHour({ echo }: Weight, address: string, now: number): number {
    return echo === undefined ? this.#inDay.count(address, now, HOUR) : this.#inHour.count(to(echo), now)
  }

  /** Whether one more letter of this weight has to wait for a summary. */
  isFlooded({ staff }: Weight, now: number): boolean {
    return staff !== undefined && this.#inHour.count(to(staff), now) >= MOST_TO_STAFF
  }

  count(weight: Weight, at: number): void {
    const address = namedBy(weight)
    if (address !== undefined) this.#inDay.add(address, at)
    for (const name of namesOf(weight)) this.#inHour.add(name, at)
  }

  /** For a letter that was not written after all. */
  uncount(weight: Weight, at: number): void {
    const address = namedBy(weight)
    if (address !== undefined) this.#inDay.remove(address, at)
    for (const name of namesOf(weight)) this.#inHour.remove(name, at)
  }

  /** Whether the administrators heard in the last day that letters are held back. */
  areTold(now: number): boolean {
    return this.#inDay.count(TOLD, now) > 0
  }

  tell(at: number): void {
    this.#inDay.add(TOLD, at)
  }

  untell(at: number): void {
    this.#inDay.remove(TOLD, at)
  }

  /** The number of the last summary for an address, which may have gone since. */
  summaryFor(address: string): number | undefined {
    return this.#summaries.get(mailbox(address))
  }

  setSummary(address: string, letter: number): void {
    this.#summaries.set(mailbox(address), letter)
  }
}

function namedBy({ echo, claim }: Weight): string | undefined {
  const address = echo ?? claim
  return address === undefined ? undefined : inbox(address)
}

function namesOf({ unknownBy, echo, staff = echo }: Weight): string[] {
  return [
    ...(unknownBy === undefined ? [] : [ALL_UNKNOWN, unknown(unknownBy)]),
    ...(staff === undefined ? [] : [to(staff)]),
  ]
}

function unknown(sender: string): string {
  return `by ${sender}`
}

function to(address: string): string {
  return `to ${inbox(address)}`
}
