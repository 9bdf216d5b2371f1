import { MINUTE, SECOND } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Config } from '../config/config.ts'
import type { Result, Smarthost } from '../mail/out/smarthost.ts'
import type { SignedIds } from '../mail/signed_ids.ts'
import { authResults } from './auth_words.ts'
import { lastMail, returnedMail } from './returned_mail.ts'
import { type TestLetter, testLetter, testMail } from './test_letter.ts'
import { hasPassed, type TriedLetter, testReport } from './test_report.ts'

/** What `init --selftest` asks the running daemon for, by its name. */
export const SELF_TEST_ERRAND = 'self_test'

/** What a self-test needs. */
export interface SelfTestSite {
  readonly store: Store
  readonly config: Config
  readonly smarthost: Smarthost
  readonly signedIds: SignedIds
}

/** Sends letters to the helpdesk itself, as all letters are sent, and waits until the mail door has them. */
export class SelfTest {
  readonly #site: SelfTestSite
  readonly #patience: number
  readonly #end = new AbortController()
  #isRunning = false

  /** Only tests set `patience`, in milliseconds. */
  constructor(site: SelfTestSite, patience = MINUTE) {
    this.#site = site
    this.#patience = patience
  }

  /**
   * Gives a report of what worked. Throws Failure `unavailable` with that report if a letter did not come back, or when the daemon stops;
   * `conflict` while another self-test runs.
   */
  async run(): Promise<string> {
    const { config, signedIds } = this.#site
    const [url, address] = [config['smarthost.url'], config['mail.address']]
    if (url.startsWith('file:'))
      return `Letters are not sent, but written to ${url.slice('file:'.length)} (smarthost.url), so a self-test has nothing to test.`
    if (this.#isRunning) throw new Failure('conflict', 'A self-test is running; wait until it ends.')
    this.#isRunning = true
    try {
      const forms = config['mail.plus'] ? (['plain', 'extended'] as const) : (['plain'] as const)
      const after = await lastMail(this.#site.store)
      const letters = forms.map(form => testLetter(signedIds, address, form))
      const tried = await Promise.all(letters.map(letter => this.#tried(letter, after)))
      if (this.#end.signal.aborted)
        throw new Failure('unavailable', 'The daemon stops; start it, then run the self-test again.')
      const report = testReport(tried, config, this.#patience / SECOND)
      if (tried.every(hasPassed)) return report
      throw new Failure('unavailable', report)
    } finally {
      this.#isRunning = false
    }
  }

  /** A running self-test ends at once. */
  close(): void {
    this.#end.abort()
  }

  async #tried(letter: TestLetter, after: number): Promise<TriedLetter> {
    const { store, config, smarthost, signedIds } = this.#site
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(this.#patience)])
    const started = performance.now()
    const seconds = () => (performance.now() - started) / SECOND
    const mail = testMail(letter, signedIds, config['mail.address'])
    const sent = await Promise.race([smarthost.send(letter.number, mail), tooLate(signal)])
    const sentAfter = seconds()
    if (sent.state !== 'sent') return { letter, sent, sentAfter }
    const returned = await returnedMail(store, letter, after, signal)
    const proofs = returned ? await authResults(store, returned) : undefined
    return { letter, sent, sentAfter, returned, returnedAfter: seconds(), proofs }
  }
}

function tooLate(signal: AbortSignal): Promise<Result> {
  return new Promise(resolve => {
    const end = () => resolve({ state: 'down', reply: 'it has not answered in time' })
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
