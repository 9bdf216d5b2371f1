import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Metrics } from '../../../daemon/log/metrics.ts'
import { ROOT } from '../../program.ts'
import { without } from '../../tools.ts'
import { sampleStatus } from '../status/sample.ts'

const ALERTS = join(ROOT, 'systemd/alerts.yml')
const alerts = readFileSync(ALERTS, 'utf8')
const dashboard = JSON.parse(readFileSync(join(ROOT, 'systemd/dashboard.json'), 'utf8'))
const panels: readonly Panel[] = dashboard.panels
interface Panel {
  readonly title: string
  readonly description: string
  readonly targets: readonly { readonly expr: string }[]
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}
const expressions = [
  ...[...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, expression]) => expression!),
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
]

/** The metrics as a daemon exposes them that has had a call, a refusal and a bug. */
function exposed(): Promise<string> {
  const metrics = new Metrics()
  metrics.counts.called('http', 'resolve', 1)
  metrics.counts.notDone('mail', 'resolve', 'invalid')
  metrics.counts.notDone('mail', 'resolve', 'failed')
  metrics.counts.synced(1, [1])
  return metrics.text(sampleStatus())
}

t.test('alerts and dashboard ask for metrics and labels that the daemon exposes', async t => {
  const text = await exposed()
  const asked = expressions.flatMap(expression => [
    ...expression.matchAll(/\b((?:helpdeskd|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g),
  ])
  t.ok(asked.length > 45)
  for (const [, name, matchers = ''] of asked) {
    const samples = text.split('\n').filter(line => new RegExp(`^${name}[ {]`).test(line))
    t.ok(samples.length > 0, `${name}`)
    for (const [, label, operator, value] of matchers.matchAll(/([a-z]+)(=~?)"([^"]*)"/g)) {
      // Prometheus itself adds these.
      if (label === 'job' || label === 'instance') continue
      for (const one of operator === '=' ? [value] : value!.split('|'))
        t.ok(
          samples.some(line => line.includes(`${label}="${one}"`)),
          `${name} with ${label} ${one}`,
        )
    }
  }
})

t.test('each alert and each panel says what it is about, in sentences', async t => {
  const rules = alerts.split(/^ +- alert: /m).slice(1)
  t.ok(rules.length >= 15)
  for (const rule of rules) {
    t.match(
      rule,
      /^Helpdeskd[A-Za-z]+\n +expr: .+\n(?: +for: [0-9]+[mh]\n)? +labels: \{ severity: (?:critical|warning) \}\n/,
    )
    t.match(rule, /\n +summary: .+\.['"]?\n +description: .+\.['"]?\n$/, 'what it is, and what to do')
  }
  for (const { title, description } of panels) t.match(description, /\.$/, title)
  for (const { gridPos: one } of panels)
    for (const { gridPos: other } of panels.filter(({ gridPos }) => gridPos !== one))
      t.notOk(
        one.x < other.x + other.w &&
          other.x < one.x + one.w &&
          one.y < other.y + other.h &&
          other.y < one.y + one.h,
        'no panel lies on another',
      )
})

t.test('the metrics have the figures of the status', async t => {
  const text = await exposed()
  for (const line of [
    'helpdeskd_build_info{version="1.2.3"} 1',
    'helpdeskd_tickets{queue="support",status="closed"} 51234',
    'helpdeskd_tickets_on_hold{queue="support"} 5',
    'helpdeskd_outbox_oldest_age_seconds 0',
    'helpdeskd_connections{door="http"} 3',
    'helpdeskd_last_checkpoint_timestamp_seconds 1772607600',
    'helpdeskd_disk_free_inodes 2000000',
    'helpdeskd_certificate_expiry_timestamp_seconds{door="http"} 1780131600',
  ])
    t.match(text, `\n${line}\n`)
  const metrics = new Metrics()
  await metrics.text(sampleStatus())
  const { disk } = sampleStatus()
  const after = await metrics.text(
    sampleStatus({ queues: [], certificates: [], disk: { ...disk, free_files: null } }),
  )
  t.notMatch(
    after,
    /^helpdeskd_(?:tickets|disk_free_inodes|certificate_expiry_timestamp_seconds)[ {]/m,
    'what is gone is not exposed',
  )
})

t.test('promtool accepts metrics and alerts', { skip: without('promtool') }, async t => {
  const rules = spawnSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' })
  t.equal(rules.status, 0, rules.stderr)
  const metrics = spawnSync('promtool', ['check', 'metrics'], { encoding: 'utf8', input: await exposed() })
  t.equal(metrics.status, 0, metrics.stderr)
})
