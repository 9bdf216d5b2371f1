import type { Store } from '../../data/store.ts'
import type { Door, Instant } from '../../data/tables.ts'
import type { Config } from '../config/config.ts'
import type { Room } from '../disk_space.ts'
import type { Shares } from '../files/shares.ts'
import type { Counts } from '../log/counts.ts'
import type { Outbox } from '../mail/out/outbox.ts'
import { shortages } from '../shortages.ts'
import type { DiskTrend } from './disk_trend.ts'
import { lastDay } from './last_day.ts'
import { letterFigures } from './letter_figures.ts'
import { queueCounts } from './queue_counts.ts'
import type { DoorFigures, SiteFigures, SiteStatus } from './site_status.ts'
import { stateFiles } from './state_files.ts'
import { warningsOf } from './warnings.ts'

/** A door, as far as the status asks it. */
export interface WatchedDoor {
  readonly door: Door
  readonly listens: readonly string[]
  connections(): Promise<number>
  /** Until when the certificate in use is valid; undefined without one. */
  expires(): Instant | undefined
}
/** What the status of a daemon is gathered from. */
export interface StatusSite {
  readonly version: string
  readonly started: Instant
  readonly store: Store
  readonly config: Config
  readonly shares: Shares
  readonly room: Room
  readonly outbox: Pick<Outbox, 'downSince'>
  readonly counts: Counts
  readonly trend: DiskTrend
  /** Those that are open already. */
  readonly doors: readonly WatchedDoor[]
}

/** The figures of this moment. It takes a look at each queue and at few files, whatever the number of tickets. */
export async function siteFigures(site: StatusSite): Promise<SiteFigures> {
  const { version, started, store, config, shares, trend, doors } = site
  const { downSince } = site.outbox
  const files = await shares.fill()
  const free = await store.free()
  const least = config['store.min_free']
  const kept = await store.read(async tx => ({
    queues: await queueCounts(tx, {}),
    letters: await letterFigures(tx),
    failing: await tx.count('failing', { since: { from: '' } }),
  }))
  return {
    version,
    started,
    now: new Date().toISOString(),
    doors: await doorFigures(site),
    ...kept,
    smarthost_down: downSince === undefined ? null : new Date(downSince).toISOString(),
    store: await stateFiles(config.state_dir),
    disk: {
      free_bytes: free.bytes,
      free_files: Number.isFinite(free.files) ? free.files : null,
      min_free_bytes: least,
      trend: trend.told(least),
    },
    files: {
      bytes: files.bytes,
      limit_bytes: files.most,
      unproven_bytes: files.unproven,
      unproven_limit_bytes: files.mostUnproven,
    },
    certificates: doors.flatMap(({ door, expires }) => {
      const until = expires()
      return until === undefined ? [] : [{ door, expires: until }]
    }),
  }
}

/** The figures, the warnings, and what became of the mails of the last day. */
export async function statusOf(site: StatusSite): Promise<SiteStatus> {
  const figures = await siteFigures(site)
  const short = await shortages(site.shares, site.room, site.outbox)
  const last_day = await lastDay(site.store, Date.parse(figures.now))
  return { ...figures, warnings: [...short, ...warningsOf(figures)], last_day }
}

async function doorFigures({ doors, counts }: StatusSite): Promise<DoorFigures[]> {
  const calls = await counts.calls()
  return Promise.all(
    doors.map(async ({ door, listens, connections }) => ({
      door,
      listens,
      connections: await connections(),
      ...calls(door),
    })),
  )
}
