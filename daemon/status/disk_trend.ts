import { DAY, HOUR } from '../../data/durations.ts'
import type { Store } from '../../data/store.ts'

/** How many looks are kept, one an hour: a week of them. */
const MOST_KEPT = 7 * 24
/** With less than a day of looks nothing is said: the hours of a day differ. */
const LEAST_SPAN = DAY
const MOST_DAYS = 365

interface Look {
  readonly at: number
  readonly bytes: number
}

/** How the free room of the disk changed while this daemon ran. */
export class DiskTrend {
  readonly #looks: Look[] = []

  /** Notes that `bytes` were free at `at`, in milliseconds. */
  note(at: number, bytes: number): void {
    this.#looks.push({ at, bytes })
    if (this.#looks.length > MOST_KEPT) this.#looks.shift()
  }

  /**
   * In how many days only `least` bytes are free if it goes on like this, and over how many days that was measured. Null if it was
   * measured for less than a day, or this would take more than a year.
   */
  told(least: number): { readonly days_left: number; readonly days_measured: number } | null {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)]
    if (!first || !last || last.at - first.at < LEAST_SPAN) return null
    const lostPerDay = -slopeOf(this.#looks) * DAY
    const days = Math.floor(Math.max(0, last.bytes - least) / lostPerDay)
    if (lostPerDay <= 0 || days > MOST_DAYS) return null
    return { days_left: days, days_measured: Math.floor((last.at - first.at) / DAY) }
  }
}

/** Looks at the disk now and every hour; gives the function that ends this. */
export function startTrend(store: Pick<Store, 'free'>, trend: DiskTrend): () => Promise<void> {
  const look = () => {
    // A disk that cannot be asked is told of elsewhere.
    store.free().then(
      ({ bytes }) => trend.note(Date.now(), bytes),
      () => {},
    )
  }
  const timer = setInterval(look, HOUR).unref()
  look()
  return async () => clearInterval(timer)
}

/** Least squares, so that a checkpoint, which needs twice its room for a moment, does not matter. */
function slopeOf(looks: readonly Look[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [at, bytes] = [mean(looks.map(look => look.at)), mean(looks.map(look => look.bytes))]
  const both = mean(looks.map(look => (look.at - at) * (look.bytes - bytes)))
  return both / mean(looks.map(look => (look.at - at) ** 2))
}
