// One thing: every metric that counts events, with its name, its help and the method that counts.
import { Counter, Histogram, Registry } from 'prom-client'
import type { Code } from '../../data/failure.ts'
import type { Door } from '../../data/tables.ts'
import { methods } from '../../handlers/index.ts'
import type { NotWritten } from '../../handlers/method.ts'
import type { CallCounts } from '../status/site_status.ts'

/** The result of a call: done, refused with this code, or failed with an unexpected error. */
export type Outcome = 'ok' | Code | 'failed'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Why the HTTP door closes a connection. */
const reasons = ['too_many', 'made_room', 'unread', 'tls'] as const
export type Reason = (typeof reasons)[number]

/** Why the mail door refused, dropped or ignored a mail, a command or a connection. */
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
  'ignored',
  'spam',
  'loop',
  'stopping',
] as const
export type Refusal = (typeof refusals)[number]

/** What became of an attempt to send a letter. */
const attempts = ['sent', 'deferred', 'failed'] as const
type AttemptResult = (typeof attempts)[number]

/** The metrics that count the events of one daemon. */
export class Counts {
  readonly registry = new Registry()
  readonly #registers = [this.registry]
  readonly #calls = new Counter({
    name: 'helpdeskd_calls_total',
    help: 'Calls by method, door and result: ok, the code of a refusal, or failed. (unknown) is a method that does not exist, or a mail that led to no call.',
    labelNames: ['method', 'door', 'code'],
    registers: this.#registers,
  })
  readonly #callSeconds = new Histogram({
    name: 'helpdeskd_call_duration_seconds',
    help: 'How long successful calls took until they were durable.',
    labelNames: ['method', 'door'],
    buckets: SECONDS,
    registers: this.#registers,
  })
  readonly #commitSeconds = new Histogram({
    name: 'helpdeskd_commit_duration_seconds',
    help: 'How long a commit took from its place in the journal until it was durable.',
    buckets: SECONDS,
    registers: this.#registers,
  })
  readonly #syncSeconds = new Histogram({
    name: 'helpdeskd_sync_duration_seconds',
    help: 'How long the disk took to write and sync a group of commits.',
    buckets: SECONDS,
    registers: this.#registers,
  })
  readonly #loginsRefused = new Counter({
    name: 'helpdeskd_logins_refused_total',
    help: 'Refused logins, by door.',
    labelNames: ['door'],
    registers: this.#registers,
  })
  readonly #connectionsRefused = new Counter({
    name: 'helpdeskd_connections_refused_total',
    help: 'Connections that the HTTP door closed, by reason: too_many were open, made_room for others, unread response, or failed tls.',
    labelNames: ['reason'],
    registers: this.#registers,
  })
  readonly #rawsDropped = new Counter({
    name: 'helpdeskd_raw_mails_dropped_total',
    help: 'Raw mails that were removed early, to make room for other files.',
    registers: this.#registers,
  })
  readonly #notKept = new Counter({
    name: 'helpdeskd_mails_not_kept_whole_total',
    help: 'Mails of which a part was not kept for lack of room; their tickets say which.',
    registers: this.#registers,
  })
  readonly #mailRefused = new Counter({
    name: 'helpdeskd_mail_refused_total',
    help: 'What the mail door refused, dropped or ignored, by reason.',
    labelNames: ['reason'],
    registers: this.#registers,
  })
  readonly #attempts = new Counter({
    name: 'helpdeskd_letter_attempts_total',
    help: 'Attempts to send a letter, by result: sent, deferred (it is tried again) or failed.',
    labelNames: ['result'],
    registers: this.#registers,
  })
  readonly #checkpoints = new Counter({
    name: 'helpdeskd_checkpoints_total',
    help: 'Attempts to fold the journal into the snapshot, by result: done or failed.',
    labelNames: ['result'],
    registers: this.#registers,
  })
  readonly #lettersHeldBack = new Counter({
    name: 'helpdeskd_letters_held_back_total',
    help: 'Letters that were not written, by cap: address (for one address) or all (for all addresses that no agent ever answered); failing: letters to the address do not arrive; stopped: the submitter has asked for no more.',
    labelNames: ['cap'],
    registers: this.#registers,
  })

  constructor() {
    // Start at 0: rate() in Prometheus does not see a counter appear.
    for (const door of ['http', 'mail'] as const) this.#loginsRefused.inc({ door }, 0)
    for (const reason of reasons) this.#connectionsRefused.inc({ reason }, 0)
    for (const reason of refusals) this.#mailRefused.inc({ reason }, 0)
    for (const result of attempts) this.#attempts.inc({ result }, 0)
    for (const result of ['done', 'failed'] as const) this.#checkpoints.inc({ result }, 0)
    for (const cap of ['address', 'all', 'failing', 'stopped'] as const) this.#lettersHeldBack.inc({ cap }, 0)
  }

  called(door: Door, method: string, milliseconds: number): void {
    this.#calls.inc({ method: bounded(method), door, code: 'ok' satisfies Outcome })
    this.#callSeconds.observe({ method: bounded(method), door }, milliseconds / 1000)
  }

  notDone(door: Door, method: string, code: Exclude<Outcome, 'ok'>): void {
    this.#calls.inc({ method: bounded(method), door, code })
  }

  /** The calls at a door since the start. */
  async calls(): Promise<(door: Door) => CallCounts> {
    const { values } = await this.#calls.get()
    return door => {
      const counts = { done: 0, refused: 0, failed: 0 }
      for (const { labels, value } of values) if (labels.door === door) counts[kindOf(labels.code)] += value
      return counts
    }
  }

  mailRefused(reason: Refusal): void {
    this.#mailRefused.inc({ reason })
  }

  loginRefused(door: Door): void {
    this.#loginsRefused.inc({ door })
  }

  letterHeldBack(cap: NotWritten['cap']): void {
    this.#lettersHeldBack.inc({ cap })
  }

  letterAttempted(result: AttemptResult): void {
    this.#attempts.inc({ result })
  }

  checkpoint(result: 'done' | 'failed'): void {
    this.#checkpoints.inc({ result })
  }

  connectionRefused(reason: Reason): void {
    this.#connectionsRefused.inc({ reason })
  }

  rawsDropped(mails: number): void {
    this.#rawsDropped.inc(mails)
  }

  notKept(): void {
    this.#notKept.inc()
  }

  synced(milliseconds: number, waits: readonly number[]): void {
    this.#syncSeconds.observe(milliseconds / 1000)
    for (const wait of waits) this.#commitSeconds.observe(wait / 1000)
  }
}

function kindOf(code: string | number | undefined): keyof CallCounts {
  if (code === 'ok') return 'done'
  return code === 'failed' ? 'failed' : 'refused'
}

/** Clients can invent names of methods, but the number of label values must stay small. */
function bounded(method: string): string {
  return methods.has(method) ? method : '(unknown)'
}
