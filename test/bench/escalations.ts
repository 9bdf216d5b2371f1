// How long a run of the escalations holds the event loop: `node dist/test/bench/escalations.js [tickets]`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { runEscalations } from '../../daemon/escalation_run.ts'
import { DAY } from '../../data/durations.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import { followup, queue, ticket } from '../data/records.ts'
import { noCaps, quietStore } from '../house.ts'

const BATCH = 500
/** Of so many tickets one is due. */
const DUE = 100

const tickets = Number(process.argv[2] ?? 100_000)
const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-'))
const store = await openStore(directory, quietStore)
try {
  await fill(store, tickets)
  for (const what of ['a run', 'the same run again, with nothing due']) {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const queues = await store.read(tx => tx.find('queues', {}))
    const started = performance.now()
    const steps = await runEscalations(
      {
        store,
        hours: { at: '09:00', time_zone: 'Europe/Vienna' },
        letters: noCaps(),
        failed: (_, error) => {
          throw error
        },
      },
      queues,
      Date.now,
    )
    const seconds = (performance.now() - started) / 1000
    delay.disable()
    const [longest, usual] = [delay.max, delay.percentile(99.9)].map(nanoseconds =>
      (nanoseconds / 1e6).toFixed(1),
    )
    process.stdout.write(
      `${what}: ${tickets} open tickets, ${steps} steps, ${seconds.toFixed(1)} s; event loop held ${longest} ms at most, ${usual} ms at p99.9\n`,
    )
  }
} finally {
  await store.close()
  rmSync(directory, { recursive: true })
}

/** Fills a store with open tickets, each with a due date and four follow-ups, two of which put it on hold and take it off. */
async function fill(store: Store, count: number): Promise<void> {
  await store.transact(tx =>
    tx.add('queues', queue({ escalate_days: 5, updated_ticket_cc: ['staff@example.org'] })),
  )
  await store.transact(tx => tx.add('exclusions', { name: 'Sundays', weekday: 0 }))
  const due_date = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const [fresh, old] = [1, 30].map(days => new Date(Date.now() - days * DAY).toISOString())
  for (let at = 0; at < count; at += BATCH)
    await store.transact(async tx => {
      for (let n = at; n < Math.min(count, at + BATCH); n++) {
        const date = n % DUE === 0 ? old! : fresh!
        const { id } = await tx.add('tickets', ticket({ created: date, modified: date, due_date }))
        const own = {
          ticket: id,
          date,
          comment: 'The printer on the second floor is on fire again. '.repeat(5),
        }
        await tx.add('followups', followup(own))
        await tx.add(
          'followups',
          followup({ ...own, changes: [{ field: 'on_hold', from: false, to: true }] }),
        )
        await tx.add(
          'followups',
          followup({ ...own, changes: [{ field: 'on_hold', from: true, to: false }] }),
        )
        await tx.add('followups', followup(own))
      }
    })
}
