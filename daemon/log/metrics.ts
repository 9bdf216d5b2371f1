import { Gauge, Registry } from 'prom-client'
import type { Store } from '../../data/store.ts'
import type { Shares } from '../files/shares.ts'
import { Counts } from './counts.ts'
import { processMetrics } from './process_metrics.ts'

/** What is known of an outage, in milliseconds since 1970. */
interface Sending {
  readonly downSince: number | undefined
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** The metrics of one daemon, and the default metrics of its process. */
export class Metrics {
  readonly counts = new Counts()
  readonly #registers = [this.counts.registry]
  readonly #outbox = new Gauge({
    name: 'helpdeskd_outbox_letters',
    help: 'Letters in the outbox by state.',
    labelNames: ['state'],
    registers: this.#registers,
  })
  readonly #oldest = new Gauge({
    name: 'helpdeskd_outbox_oldest_seconds',
    help: 'Age of the oldest letter that waits; 0 if none does.',
    registers: this.#registers,
  })
  readonly #down = new Gauge({
    name: 'helpdeskd_smarthost_down_seconds',
    help: 'How long the smarthost has been down; 0 if it is not.',
    registers: this.#registers,
  })
  readonly #files = new Gauge({
    name: 'helpdeskd_files_bytes',
    help: 'Room that files take on the disk, in whole blocks: all files, and those of unproven mail.',
    labelNames: ['of'],
    registers: this.#registers,
  })
  readonly #mostFiles = new Gauge({
    name: 'helpdeskd_files_limit_bytes',
    help: 'Room that files may take on the disk: limits.files, and half of it.',
    labelNames: ['of'],
    registers: this.#registers,
  })
  readonly #all = Registry.merge([this.counts.registry, processMetrics()])

  /** All metrics in the text format of Prometheus (version 0.0.4). */
  async text(store: Store, shares: Shares, { downSince }: Sending): Promise<string> {
    const fill = await shares.fill()
    this.#files.set({ of: 'all' }, fill.bytes)
    this.#files.set({ of: 'unproven' }, fill.unproven)
    this.#mostFiles.set({ of: 'all' }, fill.most)
    this.#mostFiles.set({ of: 'unproven' }, fill.mostUnproven)
    await store.read(async tx => {
      for (const state of ['waiting', 'sent', 'failed'] as const)
        this.#outbox.set({ state }, await tx.count('letters', { state }))
      const [oldest] = await tx.find('letters', { state: 'waiting' }, { limit: 1 })
      this.#oldest.set(secondsSince(oldest && Date.parse(oldest.retried ?? oldest.created)))
    })
    this.#down.set(secondsSince(downSince))
    return this.#all.metrics()
  }
}

/** 0 for no moment. */
function secondsSince(moment: number | undefined): number {
  return moment === undefined ? 0 : Math.max(0, Date.now() - moment) / 1000
}
