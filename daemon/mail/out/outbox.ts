// One thing: it decides which letter is attempted when. All of it shares the set of running attempts.
import { setTimeout as sleepFor } from 'node:timers/promises'
import { HOUR, MINUTE } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { FileName, Letter } from '../../../data/tables.ts'
import { reasonOf } from '../../../handlers/letters/refusals/reason_of.ts'
import { keep, type ResultSite } from './delivery_result.ts'
import { filesFor, goneFiles } from './gone_files.ts'
import { type LetterSite, render } from './letter.ts'
import { LettersBehind, letterBefore } from './letters_behind.ts'
import { OUTBOX_WAITS, type OutboxWaits } from './outbox_waits.ts'
import { RecoveryPace } from './recovery_pace.ts'
import { type AttemptOutcome, RefusedLetters } from './refused_letters.ts'
import type { Result, Smarthost } from './smarthost.ts'
import { SmarthostAlert } from './smarthost_alert.ts'
import { SmarthostOutage } from './smarthost_outage.ts'

const GONE: Result = {
  state: 'failed',
  reply: 'what it was about no longer exists, or its recipient may not read it any more',
}
const AT_ONCE = 4
/** How many waiting letters are read at once: sorting many thousands again for each letter would block the process. */
const PAGE = 100
const LONGEST_TIMER = HOUR

/** A letter that is due, the one that must go before it, and the files that it may carry. */
interface DueLetter {
  readonly letter: Letter
  readonly before: Letter | undefined
  readonly files: readonly FileName[]
}

/** What an outbox needs. */
export interface OutboxSite extends Omit<LetterSite, 'files' | 'gone'>, ResultSite {
  readonly smarthost: Smarthost
}

/**
 * Sends each waiting letter when it is due, and records the result of each attempt. If a result cannot be recorded (full disk), the
 * outbox retries until it can, without sending the letter again. It is sent twice only if the process dies in between.
 */
export class Outbox {
  readonly #site: OutboxSite
  readonly #waits: OutboxWaits
  readonly #underWay = new Map<number, Promise<void>>()
  readonly #behind: LettersBehind
  readonly #refused = new RefusedLetters()
  readonly #outage: SmarthostOutage
  readonly #alert = new SmarthostAlert()
  readonly #pace: RecoveryPace
  readonly #end = new AbortController()
  readonly #unwatch: () => void
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #mustLookAgain = false
  /** Waiting letters that were read but not attempted yet, ordered by `due`. */
  #page: readonly Letter[] = []

  /** Starts sending at once. Only tests pass `waits`. */
  constructor(site: OutboxSite, waits = OUTBOX_WAITS) {
    this.#site = site
    this.#waits = waits
    this.#behind = new LettersBehind(site.store)
    this.#outage = new SmarthostOutage(waits.pauses)
    this.#pace = new RecoveryPace(waits.recovery)
    this.#unwatch = site.store.watch('letters', () => this.#wake())
    this.#wake()
  }

  /** Waits for the running attempts, and cuts them off after 10 seconds. */
  async close(): Promise<void> {
    const { smarthost } = this.#site
    this.#end.abort()
    this.#unwatch()
    clearTimeout(this.#timer)
    await this.#looking
    const cutOff = setTimeout(() => smarthost.close(), this.#waits.closing)
    await Promise.all(this.#underWay.values())
    clearTimeout(cutOff)
    smarthost.close()
  }

  /** Since when the smarthost has been down, in milliseconds since 1970; undefined if it is not. */
  get downSince(): number | undefined {
    return this.#alert.since
  }

  get #isClosed(): boolean {
    return this.#end.signal.aborted
  }

  #wake(): void {
    this.#mustLookAgain = true
    if (this.#looking || this.#isClosed) return
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      if (this.#mustLookAgain) this.#wake()
    })
  }

  #wakeIn(milliseconds: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => this.#wake(), Math.min(milliseconds, LONGEST_TIMER)).unref()
  }

  async #look(): Promise<void> {
    this.#mustLookAgain = false
    clearTimeout(this.#timer)
    try {
      await this.#beginDue()
    } catch (error) {
      this.#site.events.outboxStuck(error)
      this.#wakeIn(MINUTE)
    }
  }

  /** Starts as many attempts as may run at once. Each attempt wakes the outbox when it ends, so a timer is only set if more may run. */
  async #beginDue(): Promise<void> {
    const atOnce = this.#outage.isDown ? 1 : AT_ONCE
    if (this.#underWay.size >= atOnce) return
    const quiet = this.#outage.left(Date.now())
    if (quiet > 0) return this.#wakeIn(quiet)
    if (this.#page.length === 0) this.#page = await this.#waiting()
    if (this.#page.length === 0 && !this.#outage.isDown) this.#pace.end()
    while (this.#page.length > 0 && this.#underWay.size < atOnce && !this.#isClosed) {
      const gap = this.#pace.left(Date.now())
      if (gap > 0) return this.#wakeIn(gap)
      const [letter, ...rest] = this.#page as readonly [Letter, ...Letter[]]
      this.#page = rest
      const wait = Date.parse(letter.due) - Date.now()
      if (wait > 0) {
        this.#page = []
        if (!this.#outage.isDown) this.#pace.end()
        return this.#wakeIn(wait)
      }
      if (this.#underWay.has(letter.id) || this.#behind.isHeld(letter.id)) continue
      this.#pace.count(Date.now())
      this.#begin(letter.id)
    }
  }

  #waiting(): Promise<readonly Letter[]> {
    return this.#site.store.read(tx => tx.find('letters', { state: 'waiting' }, { by: 'due', limit: PAGE }))
  }

  #begin(letter: number): void {
    const attempt = this.#attempt(letter)
      .catch(error => {
        this.#site.events.outboxStuck(error)
        return this.#pause(MINUTE)
      })
      .finally(() => {
        this.#underWay.delete(letter)
        this.#behind.free(letter)
        this.#wake()
      })
    this.#underWay.set(letter, attempt)
  }

  async #attempt(id: number): Promise<void> {
    const due = await this.#site.store.read(tx => dueLetter(tx, id))
    if (!due) return
    const { letter, before } = due
    if (await this.#behind.mustWait(letter, before, one => this.#underWay.has(one))) return
    const result = await this.#handOver(due)
    const outcome = this.#refused.outcome(letter, result, Date.now())
    this.#noteOutage(outcome)
    this.#tellOfOutage(letter, result, outcome)
    await this.#record(letter, outcome)
  }

  async #handOver({ letter, files }: DueLetter): Promise<Result> {
    const { store, smarthost } = this.#site
    try {
      const site = { ...this.#site, files: store.files, gone: await goneFiles(store.files, files) }
      const mail = await store.read(tx => render(tx, site, letter))
      return mail ? await smarthost.send(letter.id, mail) : GONE
    } catch (error) {
      this.#site.events.outboxStuck(error)
      return { state: 'deferred', reply: 'the letter could not be created' }
    }
  }

  #noteOutage({ state }: AttemptOutcome): void {
    if (state === 'down') this.#outage.begin(Date.now())
    else if (this.#outage.end()) this.#pace.start()
  }

  #tellOfOutage(letter: Letter, result: Result, outcome: AttemptOutcome): void {
    // The close cuts off attempts, which says nothing of the smarthost.
    if (this.#isClosed) return
    const { events } = this.#site
    const now = Date.now()
    const lasted = this.#alert.end(letter, outcome, now)
    if (lasted !== undefined) events.smarthostUp(lasted)
    const { reply } = outcome
    if (this.#alert.begins(letter, result, outcome, now)) events.smarthostDown(reply, reasonOf(reply)?.says)
  }

  async #record(letter: Letter, outcome: AttemptOutcome): Promise<void> {
    for (;;) {
      try {
        return await keep(this.#site, letter, outcome, this.#waits)
      } catch (error) {
        if (!(error instanceof Failure) || this.#isClosed) throw error
        await this.#pause(this.#waits.record)
      }
    }
  }

  /** Returns early when the outbox is closed. */
  #pause(milliseconds: number): Promise<void> {
    return sleepFor(milliseconds, undefined, { signal: this.#end.signal, ref: false }).catch(() => {})
  }
}

/** Read at once, since each read waits until what it saw is durable. Undefined if the letter is not due. */
async function dueLetter(tx: Reader, id: number): Promise<DueLetter | undefined> {
  const letter = await tx.get('letters', id)
  if (letter?.state !== 'waiting' || Date.parse(letter.due) > Date.now()) return undefined
  return { letter, before: await letterBefore(tx, letter), files: await filesFor(tx, letter) }
}
