import { withoutTokens } from '../../data/token.ts'
import { events } from '../events.ts'
import type { Refusal } from '../metrics.ts'

const MINUTE = 60 * 1000
/** So many lines a minute are written, and of one network; what is beyond is summed up. */
const MOST_LINES = 600
const MOST_LINES_OF_ONE = 20
/** Of so many networks there is a sum of its own; the rest share one. */
const MOST_SUMS = 100
const OTHERS = '(others)'
const MOST_RECIPIENTS_SHOWN = 10
/** Of a reply, which may name what it was sent. */
const LONGEST_REPLY = 300

/** What was refused at the mail door, or dropped, as far as it is known. */
export interface Refused {
  readonly session?: string
  readonly peer: string
  readonly reason: Refusal
  /** What was said, or why nothing was. */
  readonly reply: string
  readonly user?: string | undefined
  readonly envelope_from?: string | undefined
  readonly recipients?: readonly string[] | undefined
  readonly message_id?: string | undefined
}
type Sum = Partial<Record<Refusal, number>>

/** Tells of refusals: all are counted, and nobody can flood the log with them. */
export class Refusals {
  #lines = 0
  readonly #linesOf = new Map<string, number>()
  readonly #sums = new Map<string, Sum>()
  #timer: NodeJS.Timeout | undefined

  /** Tells of a refusal in a line, or in the sum of its minute. `owner` is the network that it is written down to. */
  tell(owner: string, refused: Refused): void {
    events.mailRefusalCounted(refused.reason)
    if (this.mayWrite(owner)) events.mailRefused(shownOf(refused))
    else this.#sum(owner, refused.reason)
  }

  /** Whether one more line may be written about a network in this minute; takes it. */
  mayWrite(owner: string): boolean {
    this.#timer ??= setTimeout(() => this.flush(), MINUTE).unref()
    const own = this.#linesOf.get(owner) ?? 0
    if (own >= MOST_LINES_OF_ONE || this.#lines >= MOST_LINES) return false
    this.#lines++
    this.#linesOf.set(owner, own + 1)
    return true
  }

  /** Writes the sums of what had no line of its own, and begins another minute. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [network, reasons] of this.#sums) events.mailRefusedMore({ network, reasons })
    this.#sums.clear()
    this.#linesOf.clear()
    this.#lines = 0
  }

  #sum(owner: string, reason: Refusal): void {
    const key = this.#sums.has(owner) || this.#sums.size < MOST_SUMS ? owner : OTHERS
    const sum = this.#sums.get(key) ?? {}
    sum[reason] = (sum[reason] ?? 0) + 1
    this.#sums.set(key, sum)
  }
}

/** People put tokens where an address belongs. */
function shownOf({ reply, envelope_from, recipients = [], ...rest }: Refused): Refused {
  const some = recipients.slice(0, MOST_RECIPIENTS_SHOWN)
  return {
    ...rest,
    reply: withoutTokens(reply).slice(0, LONGEST_REPLY),
    envelope_from: envelope_from === undefined ? undefined : withoutTokens(envelope_from),
    recipients: some.length > 0 ? some.map(withoutTokens) : undefined,
  }
}
