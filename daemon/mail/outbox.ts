import { Failure } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Letter } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import { events } from '../events.ts'
import { render } from './letter.ts'
import type { Marks } from './mark.ts'
import type { Result, Smarthost } from './smarthost.ts'

const MINUTE = 60 * 1000
const HOUR = 60 * MINUTE
/** How long to wait after the first, second, … attempt; the last again and again. */
const WAITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR]
const GIVE_UP_MILLISECONDS = 5 * 24 * HOUR
const AT_ONCE = 4
const LONGEST_TIMER = HOUR
const RECORD_RETRY_MILLISECONDS = 1000

export interface Outbox {
  /** Ends after the attempts under way. */
  close(): Promise<void>
}

/**
 * Sends what is waiting, each letter when it is due, and keeps what became of each attempt. A letter whose attempt could not be
 * recorded (a full disk) is held until it can: it is sent once more only if the process dies meanwhile.
 */
export function openOutbox(store: Store, smarthost: Smarthost, marks: Marks, mailAddress: string): Outbox {
  const underWay = new Map<number, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let looking = false
  let again = false
  /** How often in a row the smarthost itself was down, and until when it is left alone. */
  let downs = 0
  let quietUntil = 0

  const wake = (): void => {
    again = true
    if (looking || closed) return
    looking = true
    void look().finally(() => {
      looking = false
      if (again) wake()
    })
  }
  const look = async (): Promise<void> => {
    again = false
    clearTimeout(timer)
    try {
      const letters = await store.read(tx =>
        tx.find('letters', { state: 'waiting' }, { by: 'due', limit: AT_ONCE + underWay.size + 1 }),
      )
      const waiting = letters.filter(({ id }) => !underWay.has(id))
      const now = Date.now()
      for (const letter of waiting) {
        if (underWay.size >= AT_ONCE || Math.max(Date.parse(letter.due), quietUntil) > now) break
        begin(letter)
      }
      const next = waiting.find(({ id }) => !underWay.has(id))
      if (next) sleep(Math.max(Date.parse(next.due), quietUntil) - now)
    } catch (error) {
      if (!closed) events.outboxStuck(error)
      sleep(MINUTE)
    }
  }
  const sleep = (milliseconds: number): void => {
    if (!closed) timer = setTimeout(wake, Math.min(Math.max(milliseconds, 1), LONGEST_TIMER)).unref()
  }
  const begin = (letter: Letter): void => {
    const attempt = send(letter)
      .catch(error => events.outboxStuck(error))
      .finally(() => {
        underWay.delete(letter.id)
        wake()
      })
    underWay.set(letter.id, attempt)
  }
  const send = async (letter: Letter): Promise<void> => {
    const mail = await store.read(tx => render(tx, letter, marks, mailAddress))
    const result: Result = mail
      ? await smarthost.send(letter.id, mail)
      : { state: 'failed', reply: 'what it was about is gone' }
    note(result)
    await record(letter, result)
  }
  const note = ({ state, reply }: Result): void => {
    if (state !== 'down') {
      downs = 0
      return
    }
    quietUntil = Date.now() + WAITS[Math.min(downs, WAITS.length - 1)]!
    downs++
    events.smarthostDown(reply)
  }
  const record = async (letter: Letter, result: Result): Promise<void> => {
    for (;;) {
      try {
        await keep(store, letter, result)
        return
      } catch (error) {
        if (!(error instanceof Failure) || closed) throw error
        await new Promise(resolve => setTimeout(resolve, RECORD_RETRY_MILLISECONDS))
      }
    }
  }
  const unwatch = store.watch('letters', wake)
  wake()
  return {
    close: async () => {
      closed = true
      unwatch()
      clearTimeout(timer)
      await Promise.all(underWay.values())
      smarthost.close()
    },
  }
}

/** Keeps what became of an attempt; a letter that was deleted meanwhile stays so. */
async function keep(
  store: Store,
  { id, to, created, attempts }: Letter,
  { state, reply }: Result,
): Promise<void> {
  const now = new Date().toISOString()
  const tooLate = Date.parse(now) - Date.parse(created) > GIVE_UP_MILLISECONDS
  const facts = { letter: id, reply }
  if (state === 'failed' || (state !== 'sent' && tooLate)) {
    await report(store, id, reply, now)
    events.letterFailed({ ...facts, to })
    return
  }
  const wait = WAITS[Math.min(attempts.length, WAITS.length - 1)]!
  const due = state === 'sent' ? now : new Date(Date.parse(now) + wait).toISOString()
  await store.transact(async tx => {
    const letter = await tx.get('letters', id)
    if (!letter) return
    const kept = { ...letter, attempts: [...letter.attempts, { at: now, reply }], due }
    await tx.put('letters', { ...kept, state: state === 'sent' ? 'sent' : 'waiting' })
  })
  if (state === 'sent') events.letterSent(facts)
  else events.letterDeferred({ ...facts, due })
}

async function report(store: Store, letter: number, reply: string, now: string): Promise<void> {
  const command = { method: 'report_letter', params: { letter: String(letter), reply: { given: reply } } }
  await call(store, [command], { actor: { kind: 'daemon' }, door: 'daemon', now }).catch(error => {
    if (!(error instanceof Failure && error.code === 'not_found')) throw error
  })
}
