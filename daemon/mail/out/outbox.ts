// One thing: when which letter is attempted. All of it shares what is under way and whether the smarthost is there.

import { setTimeout as sleepFor } from 'node:timers/promises'
import { HOUR, MINUTE, SECOND } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import type { Store } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import { keep, WAITS, waitAfter } from './delivery_result.ts'
import { type LetterSite, render } from './letter.ts'
import type { Result, Smarthost } from './smarthost.ts'

const GONE: Result = { state: 'failed', reply: 'what it was about is gone' }
/** How long the smarthost is left alone when it was down. It is asked often whether it is back, since one letter is enough for that. */
const QUIET = WAITS.slice(0, 3)
const AT_ONCE = 4
/** How many waiting letters one look takes along: to sort many thousands again for each would hold up everybody. */
const PAGE = 100
const LONGEST_TIMER = HOUR
const RECORD_RETRY_MILLISECONDS = 1000
/** How long an attempt may go on after `close`. */
const CLOSE_MILLISECONDS = 10 * SECOND

export interface Outbox {
  /** Ends after the attempts under way, which are cut off when they take too long. */
  close(): Promise<void>
}

/** What letters are made with, and what is told of them. */
export type OutboxSite = Omit<LetterSite, 'files'>

/**
 * Sends what is waiting, each letter when it is due, and keeps what became of each attempt. A letter whose attempt could not be
 * recorded (a full disk) is held until it can: it is sent once more only if the process dies meanwhile.
 */
export function openOutbox(
  store: Store,
  smarthost: Smarthost,
  { marks, mailAddress, events }: OutboxSite,
): Outbox {
  const site = { files: store.files, marks, mailAddress, events }
  const underWay = new Map<number, Promise<void>>()
  const end = new AbortController()
  const closed = end.signal
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let again = false
  /** Waiting letters that were found and not yet begun, by due. */
  let page: readonly Letter[] = []
  /** How often in a row the smarthost itself was down, and until when it is left alone. */
  let downs = 0
  let quietUntil = 0

  const wake = (): void => {
    again = true
    if (looking || closed.aborted) return
    looking = look().finally(() => {
      looking = undefined
      if (again) wake()
    })
  }
  const look = async (): Promise<void> => {
    again = false
    clearTimeout(timer)
    try {
      await beginDue()
    } catch (error) {
      events.outboxStuck(error)
      wakeIn(MINUTE)
    }
  }
  /** Begins as many as there is room for. Each that ends wakes the outbox, so there is a timer only while there is room left. */
  const beginDue = async (): Promise<void> => {
    const atOnce = downs > 0 ? 1 : AT_ONCE
    if (underWay.size >= atOnce) return
    if (quietUntil > Date.now()) return wakeIn(quietUntil - Date.now())
    if (page.length === 0) page = await waiting()
    while (page.length > 0 && underWay.size < atOnce && !closed.aborted) {
      const [letter, ...rest] = page as readonly [Letter, ...Letter[]]
      page = rest
      const wait = Date.parse(letter.due) - Date.now()
      if (wait > 0) {
        page = []
        return wakeIn(wait)
      }
      if (!underWay.has(letter.id)) begin(letter.id)
    }
  }
  const waiting = (): Promise<readonly Letter[]> =>
    store.read(tx => tx.find('letters', { state: 'waiting' }, { by: 'due', limit: PAGE }))
  const wakeIn = (milliseconds: number): void => {
    if (!closed.aborted) timer = setTimeout(wake, Math.min(milliseconds, LONGEST_TIMER)).unref()
  }
  const pause = (milliseconds: number): Promise<void> =>
    sleepFor(milliseconds, undefined, { signal: closed, ref: false }).catch(() => {})
  const begin = (letter: number): void => {
    const attempt = send(letter)
      .catch(error => {
        events.outboxStuck(error)
        return pause(MINUTE)
      })
      .finally(() => {
        underWay.delete(letter)
        wake()
      })
    underWay.set(letter, attempt)
  }
  const send = async (id: number): Promise<void> => {
    const letter = await store.read(tx => tx.get('letters', id))
    if (letter?.state !== 'waiting' || Date.parse(letter.due) > Date.now()) return
    const result = await handOver(letter)
    note(result)
    await record(letter, result)
  }
  const handOver = async (letter: Letter): Promise<Result> => {
    try {
      const mail = await store.read(tx => render(tx, site, letter))
      return mail ? await smarthost.send(letter.id, mail) : GONE
    } catch (error) {
      events.outboxStuck(error)
      return { state: 'deferred', reply: 'it could not be written' }
    }
  }
  const note = ({ state, reply }: Result): void => {
    if (state === 'down') {
      if (Date.now() < quietUntil || closed.aborted) return
      quietUntil = Date.now() + waitAfter(downs, QUIET)
      downs++
      events.smarthostDown(reply)
    } else {
      downs = 0
      quietUntil = 0
    }
  }
  const record = async (letter: Letter, result: Result): Promise<void> => {
    for (;;) {
      try {
        return await keep(store, events, letter, result)
      } catch (error) {
        if (!(error instanceof Failure) || closed.aborted) throw error
        await pause(RECORD_RETRY_MILLISECONDS)
      }
    }
  }
  const unwatch = store.watch('letters', wake)
  wake()
  return {
    close: async () => {
      end.abort()
      unwatch()
      clearTimeout(timer)
      await looking
      const cutOff = setTimeout(() => smarthost.close(), CLOSE_MILLISECONDS)
      await Promise.all(underWay.values())
      clearTimeout(cutOff)
      smarthost.close()
    },
  }
}
