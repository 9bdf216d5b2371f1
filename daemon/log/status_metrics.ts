// One thing: the metrics that are read, not counted: their names, and how they are set from the figures of a moment.
import { Gauge, type Registry } from 'prom-client'
import { countedStatuses } from '../status/queue_counts.ts'
import type { SiteFigures } from '../status/site_status.ts'

/** The name of each metric, its help, and its labels. Times are in seconds since 1970, sizes in bytes. */
const gauges = {
  build: ['helpdeskd_build_info', 'Always 1. The label is the version of the program.', 'version'],
  tickets: ['helpdeskd_tickets', 'Tickets by queue (its slug) and status.', 'queue', 'status'],
  onHold: ['helpdeskd_tickets_on_hold', 'Open and reopened tickets that are on hold, by queue.', 'queue'],
  letters: ['helpdeskd_outbox_letters', 'Letters in the outbox by state.', 'state'],
  oldest: [
    'helpdeskd_outbox_oldest_age_seconds',
    'How long the oldest waiting letter has waited; 0 if none waits.',
  ],
  down: [
    'helpdeskd_smarthost_down_seconds',
    'How long the smarthost has taken no letter; 0 if it takes them.',
  ],
  failing: [
    'helpdeskd_failing_addresses',
    'Addresses that get no letters, since letters to them do not arrive.',
  ],
  connections: ['helpdeskd_connections', 'Open connections by door.', 'door'],
  snapshot: ['helpdeskd_snapshot_bytes', 'Size of the snapshot.'],
  journal: ['helpdeskd_journal_bytes', 'Size of the journals, which hold what the snapshot lacks.'],
  checkpoint: [
    'helpdeskd_last_checkpoint_timestamp_seconds',
    'When the snapshot was written; 0 if there is none yet.',
  ],
  left: ['helpdeskd_kept_damage_files', 'Cut off ends of journals and damaged journals that are kept.'],
  free: ['helpdeskd_disk_free_bytes', 'Free room on the disk of the state directory.'],
  freeFiles: ['helpdeskd_disk_free_inodes', 'Free inodes on that disk, if it has a limit.'],
  minFree: ['helpdeskd_disk_min_free_bytes', 'Below this, nothing new is accepted: store.min_free.'],
  files: [
    'helpdeskd_files_bytes',
    'Room that files take on the disk, in whole blocks: all files, and those of unproven mail.',
    'of',
  ],
  mostFiles: [
    'helpdeskd_files_limit_bytes',
    'Room that files may take on the disk: limits.files, and half of it.',
    'of',
  ],
  certificate: [
    'helpdeskd_certificate_expiry_timestamp_seconds',
    'When the certificate that a door uses expires.',
    'door',
  ],
} as const

/** The metrics of what `helpdeskd status` shows too. */
export class StatusMetrics {
  readonly #gauges: Readonly<Record<keyof typeof gauges, Gauge>>

  constructor(registry: Registry) {
    const made = Object.entries(gauges).map(([key, [name, help, ...labelNames]]) => [
      key,
      new Gauge({ name, help, labelNames, registers: [registry] }),
    ])
    this.#gauges = Object.fromEntries(made)
  }

  /** Sets all of them; a queue, door or inode count that is gone leaves nothing behind. */
  set(figures: SiteFigures): void {
    const {
      version,
      now,
      queues,
      letters,
      smarthost_down,
      failing,
      doors,
      store,
      disk,
      files,
      certificates,
    } = figures
    const to = this.#gauges
    for (const gauge of Object.values(to)) gauge.reset()
    to.build.set({ version }, 1)
    for (const queue of queues) {
      for (const status of countedStatuses) to.tickets.set({ queue: queue.slug, status }, queue[status])
      to.onHold.set({ queue: queue.slug }, queue.on_hold)
    }
    for (const state of ['waiting', 'sent', 'failed'] as const) to.letters.set({ state }, letters[state])
    to.oldest.set(letters.oldest === null ? 0 : secondsOf(now) - secondsOf(letters.oldest))
    to.down.set(smarthost_down === null ? 0 : secondsOf(now) - secondsOf(smarthost_down))
    to.failing.set(failing)
    for (const { door, connections } of doors) to.connections.set({ door }, connections)
    to.snapshot.set(store.snapshot_bytes)
    to.journal.set(store.journal_bytes)
    to.checkpoint.set(store.checkpoint === null ? 0 : secondsOf(store.checkpoint))
    to.left.set(store.torn.length + store.damaged.length)
    to.free.set(disk.free_bytes)
    if (disk.free_files === null) to.freeFiles.remove()
    else to.freeFiles.set(disk.free_files)
    to.minFree.set(disk.min_free_bytes)
    to.files.set({ of: 'all' }, files.bytes)
    to.files.set({ of: 'unproven' }, files.unproven_bytes)
    to.mostFiles.set({ of: 'all' }, files.limit_bytes)
    to.mostFiles.set({ of: 'unproven' }, files.unproven_limit_bytes)
    for (const { door, expires } of certificates) to.certificate.set({ door }, secondsOf(expires))
  }
}

function secondsOf(moment: string): number {
  return Date.parse(moment) / 1000
}
