import { DAY, HOUR, MINUTE } from '../../data/durations.ts'
import type { Day } from './day.ts'

/** Whether this machine knows the time zone: an IANA name such as Europe/Vienna. */
export function isZone(name: string): boolean {
  return formatIn(name) !== undefined
}

/** In characters; no name of a zone is longer. */
const LONGEST_NAME = 50
const MOST_NEAR = 3

/** The names of zones that somebody may mean: those that are the same but for case and blanks, else those whose place is the same. */
export function nearZones(text: string): readonly string[] {
  if (text.length > LONGEST_NAME) return []
  const wanted = plainName(text)
  const all = Intl.supportedValuesOf('timeZone')
  const same = all.filter(name => plainName(name) === wanted)
  const place = wanted.slice(wanted.lastIndexOf('/') + 1)
  const near = all.filter(name => plainName(name).endsWith(`/${place}`))
  return (same.length > 0 ? same : near).slice(0, MOST_NEAR)
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll(' ', '_')
}

/** The local days and clock of a time zone. All moments are in milliseconds since 1970. */
export class Zone {
  readonly #name: string
  #made: Intl.DateTimeFormat | undefined

  /** A zone that this machine does not know counts as UTC. */
  constructor(name: string) {
    this.#name = name
  }

  /** Made when it is first needed, since that takes longer than to write a letter. */
  get #format(): Intl.DateTimeFormat {
    this.#made ??= formatIn(this.#name) ?? formatFor('UTC')
    return this.#made
  }

  /** The local day of a moment. */
  dayAt(moment: number): Day {
    return Math.floor((moment + this.#offset(moment)) / DAY)
  }

  /** The first moment of a local day: usually midnight, but some zones put their clocks forward at midnight. */
  startOf(day: Day): number {
    return this.momentOf(day, '00:00')
  }

  /**
   * The moment at which the clocks of a local day show `HH:MM`. If they show it twice, it is the first time; if they skip it, the moment
   * of the skip.
   */
  momentOf(day: Day, clock: string): number {
    const [hours = 0, minutes = 0] = clock.split(':').map(Number)
    const wall = day * DAY + hours * HOUR + minutes * MINUTE
    const before = this.#offset(wall - DAY)
    const after = this.#offset(wall + DAY)
    if (this.#offset(wall - before) === before) return wall - before
    if (this.#offset(wall - after) === after) return wall - after
    return this.#change(wall - after, wall - before)
  }

  /** The moment in an interval from which on another offset holds. */
  #change(from: number, to: number): number {
    const old = this.#offset(from)
    let [low, high] = [from, to]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#offset(middle) === old) low = middle
      else high = middle
    }
    return high
  }

  /** How far the local clocks are ahead of UTC at a moment. */
  #offset(moment: number): number {
    const second = Math.floor(moment / 1000) * 1000
    const part: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(second)) part[type] = Number(value)
    const { year, month, day, hour, minute, second: seconds } = part
    return Date.UTC(year!, month! - 1, day, hour, minute, seconds) - second
  }
}

/** Undefined if this machine does not know the zone, or if it is an offset such as `+02:00`. */
function formatIn(name: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    return formatFor(name)
  } catch {
    return undefined
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
