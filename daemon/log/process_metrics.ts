import { collectDefaultMetrics, type Registry, register } from 'prom-client'

/** `promtool check metrics` refuses names like the first; the others are of what Node does not document. */
const LEFT_OUT = [
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
]

/**
 * What every program of Node measures of itself, under the names that dashboards know: one set, however many daemons run in this process.
 * Begins to measure at the first call.
 */
export function processMetrics(): Registry {
  if (register.getSingleMetric('process_cpu_seconds_total')) return register
  collectDefaultMetrics()
  for (const name of LEFT_OUT) register.removeSingleMetric(name)
  return register
}
