import { inbox, mailbox } from '../../data/address.ts'
import { DAY, HOUR } from '../../data/durations.ts'
import type { LetterLimit } from '../../data/tables.ts'
import { CHANGES_WAIT } from './changes/waiting_changes.ts'
import { Tally } from './tally.ts'

/** How many letters an hour a staff address gets before they are combined into a summary. */
const MOST_TO_STAFF = 60
const ALL_UNKNOWN = 'all'
const TOLD = 'told'

export interface LetterLimits {
  /** For one address: letters to it that are caused by unproven mail from that address. */
  readonly addressHour: number
  readonly addressDay: number
  /** For all addresses together that no agent has answered. */
  readonly hour: number
}

/** The caps that a letter counts towards. */
export interface Weight {
  /** The recipient, if an unproven mail that names this address as its sender causes the letter. */
  readonly echo?: string
  /** The recipient, if an unproven mail names a user as its sender and this is one of that user's addresses. */
  readonly claim?: string
  /** The source of that mail, if no agent has answered the recipient. */
  readonly unknownBy?: string
  /** The recipient, if it is not the submitter. */
  readonly staff?: string
}

/** Decides which letters may be written, by the letters of the last day. After a restart the counts are restored from the records. */
export class LetterCaps {
  /** How long a letter about changes waits for more of them, in milliseconds. */
  readonly changesWait: number
  readonly #limits: LetterLimits
  readonly #inDay = new Tally(DAY)
  readonly #inHour = new Tally(HOUR)
  /** The number of the last summary by address. */
  readonly #summaries = new Map<string, number>()

  /** Only tests pass `changesWait`. */
  constructor(limits: LetterLimits, changesWait = CHANGES_WAIT) {
    this.#limits = limits
    this.changesWait = changesWait
  }

  /** The limit that holds another letter of this weight back; undefined if it may be written. */
  heldBack(weight: Weight, now: number): LetterLimit | undefined {
    const { addressHour, addressDay, hour } = this.#limits
    const { unknownBy } = weight
    const address = namedBy(weight)
    if (address !== undefined) {
      if (this.#inLastHour(weight, address, now) >= addressHour) return { per: 'hour', most: addressHour }
      if (this.#inDay.count(address, now) >= addressDay) return { per: 'day', most: addressDay }
    }
    if (unknownBy === undefined) return undefined
    // A sender gets no more letters than are left for all, so that one sender gets at most half and some are always left for others.
    const left = hour - this.#inHour.count(ALL_UNKNOWN, now)
    return this.#inHour.count(unknown(unknownBy), now) < left ? undefined : { per: 'all' }
  }

  /** An outsider may answer every letter, so all of them count. A user must be told of claims, so only letters about claims count. */
  #inLastHour({ echo }: Weight, address: string, now: number): number {
    return echo === undefined ? this.#inDay.count(address, now, HOUR) : this.#inHour.count(to(echo), now)
  }

  /** Whether another letter of this weight goes into a summary. */
  isFlooded({ staff }: Weight, now: number): boolean {
    return staff !== undefined && this.#inHour.count(to(staff), now) >= MOST_TO_STAFF
  }

  count(weight: Weight, at: number): void {
    const address = namedBy(weight)
    if (address !== undefined) this.#inDay.add(address, at)
    for (const name of namesOf(weight)) this.#inHour.add(name, at)
  }

  /** Subtracts a letter that was not written after all. */
  uncount(weight: Weight, at: number): void {
    const address = namedBy(weight)
    if (address !== undefined) this.#inDay.remove(address, at)
    for (const name of namesOf(weight)) this.#inHour.remove(name, at)
  }

  /** Whether the administrators were notified in the last day that letters are held back. */
  areTold(now: number): boolean {
    return this.#inDay.count(TOLD, now) > 0
  }

  tell(at: number): void {
    this.#inDay.add(TOLD, at)
  }

  untell(at: number): void {
    this.#inDay.remove(TOLD, at)
  }

  /** The number of the last summary for an address; it may have been sent or deleted since. */
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
