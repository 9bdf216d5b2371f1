// One thing: all that the daemon tells of itself, so that no secret can go elsewhere.
import { inspect } from 'node:util'
import { Failure } from '../../data/failure.ts'
import type { Door } from '../../data/tables.ts'
import type { NotWritten } from '../../handlers/method.ts'
import { journalPrefixes } from './journald.ts'
import { gathering } from './log_buffer.ts'
import { LogLimit } from './log_limit.ts'
import type { Counts, Reason, Refusal } from './metrics.ts'

type Facts = Readonly<Record<string, unknown>>
type Level = 'info' | 'warning' | 'error'

let write = gathering(text => {
  process.stderr.write(text)
})

/** Sends the log elsewhere than to standard error. */
export function logTo(sink: (line: string) => void): void {
  write = sink
  limits = newLimits()
}

let counts: Counts | undefined

/** Counts too from now on; a shell has nobody to tell the figures to. */
export function countWith(all: Counts): void {
  counts = all
}

let least: Level = 'info'

/** For a shell: what goes right is its answer alone. */
export function logErrorsOnly(): void {
  least = 'error'
}

const prefixes = journalPrefixes()

/** One JSON line an event; on a terminal the same as words. */
function log(level: Level, event: string, facts: Facts = {}): void {
  if (least === 'error' && level !== 'error') return
  const at = new Date().toISOString()
  write(
    process.stderr.isTTY
      ? words(at, level, event, facts)
      : `${prefixes[level]}${JSON.stringify({ at, level, event, ...facts })}\n`,
  )
}

type Limited = 'info' | 'warning'
let limits = newLimits()

/** Wrong logins, which are warnings, have lines of their own: whoever guesses does not hide behind refusals of other things. */
function newLimits() {
  return { info: new LogLimit(tellRest('info')), warning: new LogLimit(tellRest('warning')) }
}

function tellRest(of: Limited) {
  const what = of === 'warning' ? 'wrong logins' : 'refusals'
  const sentence = `So many more ${what} in this minute have no line of their own.`
  return (peer: string, lines: number) => log('warning', 'refused_more', { of, peer, lines, sentence })
}

/** Logs what a peer can cause as often as it likes, within the limit. */
function logOf(peer: unknown, level: Limited, event: string, facts: Facts): void {
  if (typeof peer !== 'string' || limits[level].mayWrite(peer)) log(level, event, facts)
}

function words(at: string, level: Level, event: string, facts: Facts): string {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  const told = known.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${at.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${event} ${told.join(' ')}\n`
}

function whole(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: inspect(error) }
  const { message, stack, cause } = error
  return { error: message, stack, ...(cause === undefined ? {} : { cause: inspect(cause) }) }
}

/**
 * All that the daemon tells of itself, logged and counted. No secret and no body ever goes in here; of parameters only what a refusal shows
 * of one.
 */
export const events = {
  started: (facts: Facts) => log('info', 'started', facts),
  stopping: (signal: string) => log('info', 'stopping', { signal }),
  stopped: () => log('info', 'stopped'),
  notBuiltYet: (proof: string) =>
    log('warning', 'proof_not_built_yet', {
      proof,
      sentence: `The proof ${proof} is not built yet and proves nothing.`,
    }),
  addressShared: (queue: string, address: string) =>
    log('warning', 'address_shared', {
      queue,
      address,
      sentence: `The queue ${queue} has the address ${address}, which is mail.address and goes first; give the queue another one.`,
    }),

  called: (door: Door, method: string, actor: string, milliseconds: number, more: Facts = {}) => {
    counts?.called(door, method, milliseconds)
    log('info', 'called', {
      door,
      method,
      actor,
      milliseconds: Math.round(milliseconds),
      ...more,
    })
  },
  refused: (door: Door, method: string, { code, message }: Failure, more: Facts = {}) => {
    counts?.notDone(door, method, code)
    logOf(more.peer, 'info', 'refused', { door, method, code, sentence: message, ...more })
  },
  failed: (door: Door, method: string, error: unknown, more: Facts = {}) => {
    counts?.notDone(door, method, 'failed')
    log('error', 'failed', { door, method, ...more, ...whole(error) })
  },
  loginFailed: (door: Door, username: string, peer: string) => {
    counts?.loginRefused(door)
    logOf(peer, 'warning', 'login_failed', { door, username, peer })
  },
  loginThrottled: (door: Door, username: string, peer: string, seconds: number) =>
    logOf(peer, 'warning', 'login_throttled', { door, username, peer, seconds }),
  /** The POST door closed a connection before its client did. */
  connectionRefused: (reason: Reason, peer: string, sentence: string) => {
    counts?.connectionRefused(reason)
    logOf(peer, 'info', 'refused', { door: 'http', reason, peer, sentence })
  },

  /** `done` names the methods that it called. */
  mailReceived: (done: readonly string[], milliseconds: number, facts: Facts) => {
    for (const method of done) counts?.called('mail', method, milliseconds)
    log('info', 'mail_received', { ...facts, milliseconds: Math.round(milliseconds) })
  },
  /** A mail was taken, and nothing was done for it. */
  mailDropped: (facts: Facts) => {
    counts?.mailRefused('dropped')
    logOf(facts.peer, 'info', 'mail_dropped', facts)
  },
  /** Raw mails of a network were dropped, so that another file has room. */
  rawsDropped: (facts: { network: string; mails: number }) => {
    counts?.rawsDropped(facts.mails)
    log('info', 'raws_dropped', facts)
  },
  /** Part of a mail is not kept, for want of room. */
  notKept: (facts: { peer: string; network: string | undefined; files: readonly string[] }) => {
    counts?.notKept()
    log('info', 'not_kept', facts)
  },
  mailNotDone: ({ code }: Failure) => counts?.notDone('mail', 'DATA', code),
  mailRefused: ({ reason, ...facts }: Facts & { readonly reason: Refusal }) => {
    counts?.mailRefused(reason)
    logOf(facts.peer, 'info', 'mail_refused', { reason, ...facts })
  },
  /** Tells at once of the refusals of this minute that have no line of their own. */
  refusedMore: () => {
    for (const limit of Object.values(limits)) limit.end()
  },
  parserDied: (reason: string) => log('warning', 'parser_died', { reason }),
  smtpError: (error: Error) => log('info', 'smtp_error', { error: error.message }),

  letterHeldBack: (cap: NotWritten['cap'], facts: Facts) => {
    counts?.letterHeldBack(cap)
    log('warning', 'letter_held_back', { cap, ...facts })
  },
  letterSent: (facts: Facts) => log('info', 'letter_sent', facts),
  letterDeferred: (facts: Facts) => log('warning', 'letter_deferred', facts),
  letterFailed: (facts: Facts) => log('error', 'letter_failed', facts),
  smarthostDown: (reply: string) => log('error', 'smarthost_down', { reply }),
  outboxStuck: (error: unknown) => log('error', 'outbox_stuck', whole(error)),

  /** Of each commit of a group how long it waited: too many to log. */
  synced: (milliseconds: number, waits: readonly number[]) => counts?.synced(milliseconds, waits),
  tornTail: (facts: Facts) => log('warning', 'torn_tail', facts),
  checkpoint: (facts: Facts) => log('info', 'checkpoint', facts),
  checkpointFailed: (error: Error) => log('error', 'checkpoint_failed', whole(error)),
  housekeepingFailed: (error: unknown) => log('error', 'housekeeping_failed', whole(error)),
  syncFailed: (error: Error) =>
    log('error', 'sync_failed', {
      error: error.message,
      sentence:
        'The disk did not keep what was written; stopping at once, since nobody knows what it holds. Look at the disk, then start again.',
    }),
  serverFailed: (error: Error) => log('error', 'server_failed', whole(error)),
  queueMissing: (sentence: string) => log('warning', 'queue_missing', { sentence }),
  reloaded: (door: Door) => log('info', 'reloaded', { door }),
  notReloaded: (door: Door, error: unknown) =>
    log('error', 'not_reloaded', {
      door,
      ...(error instanceof Failure ? { sentence: error.message } : whole(error)),
    }),
  crashed: (error: unknown) => log('error', 'crashed', whole(error)),
} as const

/** Logs and counts what a call at a door came to when it threw. */
export function logThrown(door: Door, method: string, error: unknown, more?: Facts): void {
  if (error instanceof Failure) events.refused(door, method, error, more)
  else events.failed(door, method, error, more)
}
