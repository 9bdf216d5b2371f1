import type { Door, Instant } from '../../data/tables.ts'
import type { DiskTrend } from './disk_trend.ts'
import type { LastDay } from './last_day.ts'
import type { LetterFigures } from './letter_figures.ts'
import type { QueueCounts } from './queue_counts.ts'
import type { StateFiles } from './state_files.ts'

/** What can be said about a running daemon at no cost that grows with the number of tickets. */
export interface SiteFigures {
  readonly version: string
  readonly started: Instant
  readonly now: Instant
  readonly doors: readonly DoorFigures[]
  readonly queues: readonly QueueCounts[]
  readonly letters: LetterFigures
  /** Since when the smarthost takes no letters; null if it does. */
  readonly smarthost_down: Instant | null
  /** How many addresses get no letters because these do not arrive. */
  readonly failing: number
  readonly store: StateFiles
  readonly disk: DiskFigures
  readonly files: FileFigures
  readonly certificates: readonly CertificateFigures[]
}
/** The same, with what takes a look at the mails of the last day. */
export interface SiteStatus extends SiteFigures {
  /** What needs attention and what to do: sentences. */
  readonly warnings: readonly string[]
  readonly last_day: LastDay
}

/** A door: where it listens, how many connections are open there, and the calls since the start. */
export interface DoorFigures extends CallCounts {
  readonly door: Door
  readonly listens: readonly string[]
  readonly connections: number
}
export interface CallCounts {
  readonly done: number
  readonly refused: number
  readonly failed: number
}
/** The disk of the state directory; `free_files` is null where there is no limit. */
export interface DiskFigures {
  readonly free_bytes: number
  readonly free_files: number | null
  readonly min_free_bytes: number
  readonly trend: ReturnType<DiskTrend['told']>
}
/** The room that files take, in bytes: all of them, and those of unproven mail. */
export interface FileFigures {
  readonly bytes: number
  readonly limit_bytes: number
  readonly unproven_bytes: number
  readonly unproven_limit_bytes: number
}
/** The certificate that a door uses. */
export interface CertificateFigures {
  readonly door: Door
  readonly expires: Instant
}
