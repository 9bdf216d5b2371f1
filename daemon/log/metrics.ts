// One thing: all that is measured, each with its name, its help and where it is looked up.

import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Registry } from 'prom-client'
import { MINUTE } from '../../data/durations.ts'
import type { Store } from '../../data/store.ts'
import type { Shares } from '../files/shares.ts'
import { Counts } from './counts.ts'

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** At 1 ms the measuring takes some percent of a processor; at 10 ms it does not, and has them as its zero. */
const RESOLUTION_MILLISECONDS = 10
const quantiles = [0.5, 0.9, 0.99, 1] as const

/** What is counted and measured of one daemon. It measures from the beginning until `close`. */
export class Metrics {
  readonly counts = new Counts()
  readonly #registers = [this.counts.registry]
  readonly #loopDelay = new Gauge({
    name: 'helpdeskd_event_loop_delay_seconds',
    help: 'How late the event loop was in the last one or two minutes, by quantile; 1 is the longest.',
    labelNames: ['quantile'],
    registers: this.#registers,
  })
  readonly #outbox = new Gauge({
    name: 'helpdeskd_outbox_letters',
    help: 'Letters in the outbox by state.',
    labelNames: ['state'],
    registers: this.#registers,
  })
  readonly #files = new Gauge({
    name: 'helpdeskd_files_bytes',
    help: 'What the files take on the disk, in whole blocks: all of them, and those of unproven mail.',
    labelNames: ['of'],
    registers: this.#registers,
  })
  readonly #mostFiles = new Gauge({
    name: 'helpdeskd_files_limit_bytes',
    help: 'What they may take at most: limits.files, and half of it.',
    labelNames: ['of'],
    registers: this.#registers,
  })
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS })
  /** How late it was, in seconds, by quantile: in the minute before this one. */
  #minuteBefore: readonly number[] = quantiles.map(() => 0)
  // By the clock and not with each look, since more than one may look.
  readonly #timer = setInterval(() => this.#turnMinute(), MINUTE).unref()

  constructor() {
    measureProcess(this.#registers)
    this.#delay.enable()
  }

  /** All of it in the text format of Prometheus (version 0.0.4). */
  async text(store: Store, shares: Shares): Promise<string> {
    const now = this.#delays()
    for (const [at, quantile] of quantiles.entries())
      this.#loopDelay.set({ quantile }, Math.max(now[at]!, this.#minuteBefore[at]!))
    const fill = await shares.fill()
    this.#files.set({ of: 'all' }, fill.bytes)
    this.#files.set({ of: 'unproven' }, fill.unproven)
    this.#mostFiles.set({ of: 'all' }, fill.most)
    this.#mostFiles.set({ of: 'unproven' }, fill.mostUnproven)
    await store.read(async tx => {
      for (const state of ['waiting', 'sent', 'failed'] as const)
        this.#outbox.set({ state }, await tx.count('letters', { state }))
    })
    return this.counts.registry.metrics()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #delays(): readonly number[] {
    const late = (quantile: number) => this.#delay.percentile(quantile * 100) / 1e6 - RESOLUTION_MILLISECONDS
    return quantiles.map(quantile => Math.max(0, late(quantile)) / 1000)
  }

  #turnMinute(): void {
    this.#minuteBefore = this.#delays()
    this.#delay.reset()
  }
}

/** By the names that every program has for these (Prometheus, "Writing client libraries", process metrics). */
function measureProcess(registers: Registry[]): void {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process that is in RAM.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'process_open_fds',
    help: 'Open files, sockets among them.',
    registers,
    collect() {
      this.set(readdirSync('/proc/self/fd').length)
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When this process began, in seconds since 1970.',
    registers,
  }).set(performance.timeOrigin / 1000)
}
