import { journalPrefixes } from './journald.ts'
import { LogLimit } from './log_limit.ts'

export type Facts = Readonly<Record<string, unknown>>
export type Level = 'info' | 'warning' | 'error'
/** The levels of what a peer can cause as often as it likes. */
export type Limited = 'info' | 'warning'

/** The lines of one program: one JSON line an event; on a terminal the same as words. */
export class Log {
  readonly #sink: (line: string) => void
  readonly #least: Level
  readonly #prefixes = journalPrefixes()
  /** Wrong logins, which are warnings, have lines of their own: whoever guesses does not hide behind refusals of other things. */
  readonly #limits: Readonly<Record<Limited, LogLimit>>

  /** `sink` gets each line with its line feed. With `error` as the least level, only what failed has a line. */
  constructor(sink: (line: string) => void, least: Level = 'info') {
    this.#sink = sink
    this.#least = least
    this.#limits = { info: this.#newLimit('info'), warning: this.#newLimit('warning') }
  }

  write(level: Level, event: string, facts: Facts = {}): void {
    if (this.#least === 'error' && level !== 'error') return
    const at = new Date().toISOString()
    this.#sink(
      process.stderr.isTTY
        ? words(at, level, event, facts)
        : `${this.#prefixes[level]}${JSON.stringify({ at, level, event, ...facts })}\n`,
    )
  }

  /** Writes what a peer can cause as often as it likes, within the limit. */
  writeOf(peer: unknown, level: Limited, event: string, facts: Facts): void {
    if (typeof peer !== 'string' || this.#limits[level].mayWrite(peer)) this.write(level, event, facts)
  }

  /** Tells at once how many lines the limit has left out in this minute. */
  endMinute(): void {
    for (const limit of Object.values(this.#limits)) limit.end()
  }

  #newLimit(of: Limited): LogLimit {
    const what = of === 'warning' ? 'failed logins' : 'refusals'
    const sentence = `This number of further ${what} in this minute was not logged.`
    return new LogLimit((peer, lines) => this.write('warning', 'refused_more', { of, peer, lines, sentence }))
  }
}

function words(at: string, level: Level, event: string, facts: Facts): string {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const told = known.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${at.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${event} ${told.join(' ')}\n`
}
