import { collectDefaultMetrics, type Registry, register } from 'prom-client'

/** `promtool check metrics` rejects names like the first; the others rely on undocumented functions of Node. */
const LEFT_OUT = [
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
]

/**
 * The default metrics of a Node process, under the names that dashboards know: one set, however many daemons run in this process. The
 * first call starts the measuring.
 */
export function processMetrics(): Registry {
  if (register.getSingleMetric('process_cpu_seconds_total')) return register
  collectDefaultMetrics()
  for (const name of LEFT_OUT) register.removeSingleMetric(name)
  return register
}
