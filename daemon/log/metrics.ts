// One thing: all that is counted and measured, each with its name, its help and what it is told.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Code } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Door } from '../../data/tables.ts'
import { methods } from '../../handlers/index.ts'
import type { NotWritten } from '../../handlers/method.ts'
import type { Shares } from '../files/shares.ts'
import { processMetrics } from './process_metrics.ts'

/** What a call came to: done, refused with this code, or thrown what nobody expected. */
export type CallOutcome = 'ok' | Code | 'failed'

const registry = new Registry()
const registers = [registry]
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const calls = new Counter({
  name: 'helpdeskd_calls_total',
  help: 'Calls by method, door and what they came to: ok, the code of a refusal, or failed. (unknown) is a method that there is none of, or a mail of which none was made.',
  labelNames: ['method', 'door', 'code'],
  registers,
})
const callSeconds = new Histogram({
  name: 'helpdeskd_call_duration_seconds',
  help: 'How long a call that was done took, until it was durable.',
  labelNames: ['method', 'door'],
  buckets: SECONDS,
  registers,
})
const commitSeconds = new Histogram({
  name: 'helpdeskd_commit_duration_seconds',
  help: 'How long a commit waited from its place in the journal until it was durable.',
  buckets: SECONDS,
  registers,
})
const syncSeconds = new Histogram({
  name: 'helpdeskd_sync_duration_seconds',
  help: 'How long the disk took to write and sync a group of commits.',
  buckets: SECONDS,
  registers,
})
const loginsRefused = new Counter({
  name: 'helpdeskd_logins_refused_total',
  help: 'Logins that were refused, by door.',
  labelNames: ['door'],
  registers,
})
// A counter that begins with its first refusal would hide it.
for (const door of ['http', 'mail'] as const) loginsRefused.inc({ door }, 0)
const connectionsRefused = new Counter({
  name: 'helpdeskd_connections_refused_total',
  help: 'Connections that the POST door closed, by reason: too_many are open, made_room for others, an unread answer, or tls that failed.',
  labelNames: ['reason'],
  registers,
})
/** Why the POST door closes a connection. */
const reasons = ['too_many', 'made_room', 'unread', 'tls'] as const
export type Reason = (typeof reasons)[number]
for (const reason of reasons) connectionsRefused.inc({ reason }, 0)
const files = new Gauge({
  name: 'helpdeskd_files_bytes',
  help: 'What the files take on the disk, in whole blocks: all of them, and those of unproven mail.',
  labelNames: ['of'],
  registers,
})
const mostFiles = new Gauge({
  name: 'helpdeskd_files_limit_bytes',
  help: 'What they may take at most: limits.files, and half of it.',
  labelNames: ['of'],
  registers,
})
const rawsDropped = new Counter({
  name: 'helpdeskd_raw_mails_dropped_total',
  help: 'Raw mails that were removed before their time, to make room for other files.',
  registers,
})
const notKept = new Counter({
  name: 'helpdeskd_mails_not_kept_whole_total',
  help: 'Mails of which a part was not kept for want of room; their tickets say which.',
  registers,
})

/** Why the mail door refused or dropped something. */
const refusals = [
  'connection',
  'early',
  'command',
  'too_many',
  'too_slow',
  'tls',
  'login',
  'sender',
  'recipient',
  'data',
  'broken_off',
  'dropped',
  'stopping',
] as const
export type Refusal = (typeof refusals)[number]
const mailRefused = new Counter({
  name: 'helpdeskd_mail_refused_total',
  help: 'What the mail door refused or dropped, by reason.',
  labelNames: ['reason'],
  registers,
})
for (const reason of refusals) mailRefused.inc({ reason }, 0)

const lettersHeldBack = new Counter({
  name: 'helpdeskd_letters_held_back_total',
  help: 'Letters that were not written, by cap: address (one address had its share) or all (of the addresses that no agent ever answered).',
  labelNames: ['cap'],
  registers,
})
for (const cap of ['address', 'all'] as const) lettersHeldBack.inc({ cap }, 0)

/** What `events` counts. */
export const counts = {
  called: (door: Door, method: string, milliseconds: number) => {
    calls.inc({ method: bounded(method), door, code: 'ok' satisfies CallOutcome })
    callSeconds.observe({ method: bounded(method), door }, milliseconds / 1000)
  },
  notDone: (door: Door, method: string, code: Exclude<CallOutcome, 'ok'>) => {
    calls.inc({ method: bounded(method), door, code })
  },
  mailRefused: (reason: Refusal) => mailRefused.inc({ reason }),
  loginRefused: (door: Door) => loginsRefused.inc({ door }),
  letterHeldBack: (cap: NotWritten['cap']) => lettersHeldBack.inc({ cap }),
  connectionRefused: (reason: Reason) => connectionsRefused.inc({ reason }),
  rawsDropped: (mails: number) => rawsDropped.inc(mails),
  notKept: () => notKept.inc(),
  synced: (milliseconds: number, waits: readonly number[]) => {
    syncSeconds.observe(milliseconds / 1000)
    for (const wait of waits) commitSeconds.observe(wait / 1000)
  },
} as const
export type Counts = typeof counts

/** Anybody may make up a name; the names of metrics must stay few. */
function bounded(method: string): string {
  return methods.has(method) ? method : '(unknown)'
}

const outbox = new Gauge({
  name: 'helpdeskd_outbox_letters',
  help: 'Letters in the outbox by state.',
  labelNames: ['state'],
  registers,
})

export const METRICS_TYPE = registry.contentType

/** Begins to measure; gives what writes all of it in the text format of Prometheus (version 0.0.4). */
export function openMetrics(store: Store, shares: Shares): () => Promise<string> {
  const all = Registry.merge([registry, processMetrics()])
  return async () => {
    const fill = await shares.fill()
    files.set({ of: 'all' }, fill.bytes)
    files.set({ of: 'unproven' }, fill.unproven)
    mostFiles.set({ of: 'all' }, fill.most)
    mostFiles.set({ of: 'unproven' }, fill.mostUnproven)
    await store.read(async tx => {
      for (const state of ['waiting', 'sent', 'failed'] as const)
        outbox.set({ state }, await tx.count('letters', { state }))
    })
    return all.metrics()
  }
}
