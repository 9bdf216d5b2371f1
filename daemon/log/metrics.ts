import { Gauge, Registry } from 'prom-client'
import type { Store } from '../../data/store.ts'
import type { Shares } from '../files/shares.ts'
import { Counts } from './counts.ts'
import { processMetrics } from './process_metrics.ts'

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
  async text(store: Store, shares: Shares): Promise<string> {
    const fill = await shares.fill()
    this.#files.set({ of: 'all' }, fill.bytes)
    this.#files.set({ of: 'unproven' }, fill.unproven)
    this.#mostFiles.set({ of: 'all' }, fill.most)
    this.#mostFiles.set({ of: 'unproven' }, fill.mostUnproven)
    await store.read(async tx => {
      for (const state of ['waiting', 'sent', 'failed'] as const)
        this.#outbox.set({ state }, await tx.count('letters', { state }))
    })
    return this.#all.metrics()
  }
}
