import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'
import type { TestLetter } from './test_letter.ts'

/** How often the mails are looked at, at most, and how many of them. */
const LOOK_MILLISECONDS = 100
const MOST_MAILS = 10_000

/** The number of the last mail so far. */
export async function lastMail(store: Store): Promise<number> {
  const [last] = await store.read(tx => tx.find('mails', {}, { newest: true, limit: 1 }))
  return last?.id ?? 0
}

/** Waits for the mail that a letter comes back as, or for a report about it; undefined once the signal says that it is time. */
export async function returnedMail(
  store: Store,
  letter: TestLetter,
  after: number,
  signal: AbortSignal,
): Promise<Mail | undefined> {
  let wake = () => {}
  const woken = () => wake()
  const unwatch = store.watch('mails', woken)
  signal.addEventListener('abort', woken)
  try {
    while (!signal.aborted) {
      const next = new Promise<void>(resolve => {
        wake = resolve
      })
      const mails = await store.read(tx => tx.find('mails', {}, { after, limit: MOST_MAILS }))
      const found = mails.find(mail => isOf(letter, mail))
      if (found) return found
      if (!signal.aborted) await next
      await sleep(LOOK_MILLISECONDS)
    }
    return undefined
  } finally {
    signal.removeEventListener('abort', woken)
    unwatch()
  }
}

/** By its Message-ID; by its subject, since some smarthosts change Message-IDs; or because it comes to the return path. */
function isOf({ messageId, subject, returnPath, to }: TestLetter, mail: Mail): boolean {
  const isReport = returnPath !== to && mail.recipients.includes(returnPath)
  return mail.message_id === messageId || mail.subject.includes(subject) || isReport
}
