import { journalPrefixes } from './journald.ts'
import { LogLimit } from './log_limit.ts'

export type Facts = Readonly<Record<string, unknown>>
export type Level = 'info' | 'warning' | 'error'
/** The levels of events that a peer can cause without limit. */
type Limited = 'info' | 'warning'

/** The log of one program: a JSON line per event; on a terminal, a line of plain text. */
export class Log {
  readonly #sink: (line: string) => void
  readonly #least: Level
  readonly #prefixes = journalPrefixes()
  /** Failed logins, which are warnings, have a separate limit, so that other refusals cannot hide guesses. */
  readonly #limits: Readonly<Record<Limited, LogLimit>>

  /** `sink` gets each line with its line feed. With `error` as `least`, only errors are written. */
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
        : `${this.#prefixes[level]}${json(at, level, event, facts)}\n`,
    )
  }

  /** Writes an event that a peer can cause without limit, if the limit for logging allows it. */
  writeOf(peer: unknown, level: Limited, event: string, facts: Facts): void {
    if (typeof peer !== 'string' || this.#limits[level].mayWrite(peer)) this.write(level, event, facts)
  }

  /** Logs at once how many lines the limit has left out in this minute. */
  endMinute(): void {
    for (const limit of Object.values(this.#limits)) limit.end()
  }

  #newLimit(of: Limited): LogLimit {
    const what = of === 'warning' ? 'failed logins' : 'refusals'
    const sentence = `This number of further ${what} in this minute was not logged.`
    return new LogLimit((peer, lines) => this.write('warning', 'refused_more', { of, peer, lines, sentence }))
  }
}

/** As one object, without a copy of the facts: most lines of a busy daemon come through here. */
function json(at: string, level: Level, event: string, facts: Facts): string {
  const rest = JSON.stringify(facts).slice(1)
  return `{"at":"${at}","level":"${level}","event":"${event}"${rest === '}' ? '' : ','}${rest}`
}

function words(at: string, level: Level, event: string, facts: Facts): string {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const told = known.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${at.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${event} ${told.join(' ')}\n`
}
