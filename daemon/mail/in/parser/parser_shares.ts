import type { ParserWaits } from './parser_waits.ts'

/** Used time takes four times as long to be forgiven: a source that uses more than a quarter of a process falls behind. */
const WEIGHT = 4
/** More sources than this can only be a distributed attack; the oldest are forgotten. */
const MOST_KEPT = 10_000

interface Share {
  readonly underWay: number
  /** When its used time is forgiven, and until when it counts as slow, as `performance.now()`. */
  readonly madeUp: number
  readonly slowUntil: number
}
const FRESH: Share = { underWay: 0, madeUp: 0, slowUntil: 0 }

/** How much of the parser each source of mail uses and has used, so that no source blocks the others. */
export class ParserShares {
  readonly #waits: Pick<ParserWaits, 'slow' | 'slowFor'>
  readonly #bySource = new Map<string, Share>()

  constructor(waits: Pick<ParserWaits, 'slow' | 'slowFor'>) {
    this.#waits = waits
  }

  /** Counts a mail that begins. */
  begin(source: string): void {
    const share = this.#of(source)
    this.#keep(source, { ...share, underWay: share.underWay + 1 })
  }

  /** Counts a mail that ends; it took `took` milliseconds. */
  end(source: string, took: number): void {
    const now = performance.now()
    const { underWay, madeUp, slowUntil } = this.#of(source)
    this.#keep(source, {
      underWay: underWay - 1,
      madeUp: Math.max(now, madeUp) + took * WEIGHT,
      slowUntil: took > this.#waits.slow ? now + this.#waits.slowFor : slowUntil,
    })
  }

  /** How many mails of a source are being parsed. */
  underWay(source: string): number {
    return this.#of(source).underWay
  }

  /** Whether another mail of the source may begin; a slow source gets only one process. */
  mayBegin(source: string): boolean {
    const { underWay, slowUntil } = this.#of(source)
    return underWay === 0 || slowUntil < performance.now()
  }

  /** The next job: the oldest of the source with the fewest running mails, and among these with the least used time. */
  first<J extends { readonly source: string }>(jobs: readonly J[]): J | undefined {
    const now = performance.now()
    let best: J | undefined
    let least = FRESH
    for (const job of jobs) {
      const { underWay, madeUp, slowUntil } = this.#of(job.source)
      const share = { underWay, madeUp: Math.max(now, madeUp), slowUntil }
      const isLess = underWay < least.underWay || (underWay === least.underWay && share.madeUp < least.madeUp)
      if (best && !isLess) continue
      best = job
      least = share
    }
    return best
  }

  #of(source: string): Share {
    return this.#bySource.get(source) ?? FRESH
  }

  #keep(source: string, share: Share): void {
    this.#bySource.delete(source)
    this.#bySource.set(source, share)
    for (const [oldest, { underWay }] of this.#bySource) {
      if (this.#bySource.size <= MOST_KEPT) return
      if (underWay === 0) this.#bySource.delete(oldest)
    }
  }
}
