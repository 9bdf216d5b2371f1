import { Registry } from 'prom-client'
import type { SiteFigures } from '../status/site_status.ts'
import { Counts } from './counts.ts'
import { processMetrics } from './process_metrics.ts'
import { StatusMetrics } from './status_metrics.ts'

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** The metrics of one daemon, and the default metrics of its process. */
export class Metrics {
  readonly counts = new Counts()
  readonly #status = new StatusMetrics(this.counts.registry)
  readonly #all = Registry.merge([this.counts.registry, processMetrics()])

  /** All metrics in the text format of Prometheus (version 0.0.4), with the figures of this moment. */
  text(figures: SiteFigures): Promise<string> {
    this.#status.set(figures)
    return this.#all.metrics()
  }
}
