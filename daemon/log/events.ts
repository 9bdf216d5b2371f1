// One thing: every event that the daemon logs, in one place, so that no secret gets into the log.
import { inspect } from 'node:util'
import { Failure } from '../../data/failure.ts'
import type { Door, Verdict } from '../../data/tables.ts'
import type { NotWritten } from '../../handlers/method.ts'
import type { QueueWarning } from '../check_config/queue_warnings.ts'
import type { Counts, Reason, Refusal } from './counts.ts'
import type { Facts, Log } from './log.ts'

/**
 * Logs and counts the events of the daemon. No secret and no body is ever passed in; of parameters, only what the sentence of a refusal
 * shows.
 */
export class Events {
  readonly #log: Log
  readonly #counts: Counts | undefined

  /** Without `counts`, nothing is counted: a shell command has no metrics. */
  constructor(log: Log, counts?: Counts) {
    this.#log = log
    this.#counts = counts
  }

  /** Events of the same log that are counted, too. */
  countedBy(counts: Counts): Events {
    return new Events(this.#log, counts)
  }

  started(facts: Facts): void {
    this.#log.write('info', 'started', facts)
  }

  stopping(signal: string): void {
    this.#log.write('info', 'stopping', { signal })
  }

  stopped(): void {
    this.#log.write('info', 'stopped')
  }

  called(door: Door, method: string, actor: string, milliseconds: number, more: Facts = {}): void {
    this.#counts?.called(door, method, milliseconds)
    this.#log.write('info', 'called', {
      door,
      method,
      actor,
      milliseconds: Math.round(milliseconds),
      ...more,
    })
  }

  refused(door: Door, method: string, { code, message }: Failure, more: Facts = {}): void {
    this.#counts?.notDone(door, method, code)
    this.#log.writeOf(more.peer, 'info', 'refused', { door, method, code, sentence: message, ...more })
  }

  failed(door: Door, method: string, error: unknown, more: Facts = {}): void {
    this.#counts?.notDone(door, method, 'failed')
    this.#log.write('error', 'failed', { door, method, ...more, ...whole(error) })
  }

  loginFailed(door: Door, username: string, peer: string): void {
    this.#counts?.loginRefused(door)
    this.#log.writeOf(peer, 'warning', 'login_failed', { door, username, peer })
  }

  loginThrottled(door: Door, username: string, peer: string, seconds: number): void {
    this.#log.writeOf(peer, 'warning', 'login_throttled', { door, username, peer, seconds })
  }

  /** The HTTP door closed a connection before its client did. */
  connectionRefused(reason: Reason, peer: string, sentence: string): void {
    this.#counts?.connectionRefused(reason)
    this.#log.writeOf(peer, 'info', 'refused', { door: 'http', reason, peer, sentence })
  }

  /** `done` names the methods that the mail called. */
  mailReceived(
    done: readonly string[],
    milliseconds: number,
    facts: Facts & { readonly verdict: Verdict },
  ): void {
    const { verdict } = facts
    if (verdict === 'ignored' || verdict === 'spam' || verdict === 'loop') this.#counts?.mailRefused(verdict)
    for (const method of done) this.#counts?.called('mail', method, milliseconds)
    this.#log.write('info', 'mail_received', { ...facts, milliseconds: Math.round(milliseconds) })
  }

  /** A mail was accepted that was received before; nothing was done for it. */
  mailDropped(facts: Facts): void {
    this.#counts?.mailRefused('dropped')
    this.#log.writeOf(facts.peer, 'info', 'mail_dropped', facts)
  }

  /** Raw mails of a network were dropped to make room for another file. */
  rawsDropped(facts: { network: string; mails: number }): void {
    this.#counts?.rawsDropped(facts.mails)
    this.#log.write('info', 'raws_dropped', facts)
  }

  /** A part of a mail is not kept, for lack of room. */
  notKept(facts: { peer: string; network: string | undefined; files: readonly string[] }): void {
    this.#counts?.notKept()
    this.#log.write('info', 'not_kept', facts)
  }

  mailNotDone({ code }: Failure): void {
    this.#counts?.notDone('mail', 'DATA', code)
  }

  mailRefused({ reason, ...facts }: Facts & { readonly reason: Refusal }): void {
    this.#counts?.mailRefused(reason)
    this.#log.writeOf(facts.peer, 'info', 'mail_refused', { reason, ...facts })
  }

  /** Logs at once how many refusals of this minute were left out of the log. */
  refusedMore(): void {
    this.#log.endMinute()
  }

  parserDied(reason: string): void {
    this.#log.write('warning', 'parser_died', { reason })
  }

  smtpError(error: Error): void {
    this.#log.write('info', 'smtp_error', { error: error.message })
  }

  letterHeldBack(cap: NotWritten['cap'], facts: Facts): void {
    this.#counts?.letterHeldBack(cap)
    this.#log.write('warning', 'letter_held_back', { cap, ...facts })
  }

  letterSent(facts: Facts): void {
    this.#counts?.letterAttempted('sent')
    this.#log.write('info', 'letter_sent', facts)
  }

  letterDeferred(facts: Facts): void {
    this.#counts?.letterAttempted('deferred')
    this.#log.write('warning', 'letter_deferred', facts)
  }

  letterFailed(facts: Facts): void {
    this.#counts?.letterAttempted('failed')
    this.#log.write('error', 'letter_failed', facts)
  }

  /** The smarthost takes no letters, or none of ours; `sentence` says why, if that is known. */
  smarthostDown(reply: string, sentence: string | undefined): void {
    this.#log.write('error', 'smarthost_down', { reply, ...(sentence === undefined ? {} : { sentence }) })
  }

  /** It takes them again, after so many milliseconds. */
  smarthostUp(milliseconds: number): void {
    this.#log.write('info', 'smarthost_up', { seconds: Math.round(milliseconds / 1000) })
  }

  outboxStuck(error: unknown): void {
    this.#log.write('error', 'outbox_stuck', whole(error))
  }

  /** Only counted: `waits` has an entry for each commit of the group, in milliseconds. */
  synced(milliseconds: number, waits: readonly number[]): void {
    this.#counts?.synced(milliseconds, waits)
  }

  tornTail(facts: Facts): void {
    this.#log.write('warning', 'torn_tail', facts)
  }

  checkpoint(facts: Facts): void {
    this.#counts?.checkpoint('done')
    this.#log.write('info', 'checkpoint', facts)
  }

  checkpointFailed(error: Error): void {
    this.#counts?.checkpoint('failed')
    this.#log.write('error', 'checkpoint_failed', whole(error))
  }

  housekeepingFailed(error: unknown): void {
    this.#log.write('error', 'housekeeping_failed', whole(error))
  }

  /** A run of the escalations has taken so many steps. */
  escalated(steps: number): void {
    this.#log.write('info', 'escalated', { steps })
  }

  digestFailed(error: unknown): void {
    this.#log.write('error', 'digest_failed', whole(error))
  }

  /** Of one ticket if the facts name it, else of a run. */
  escalationFailed(error: unknown, facts: Facts = {}): void {
    this.#log.write('error', 'escalation_failed', { ...facts, ...whole(error) })
  }

  syncFailed(error: Error): void {
    this.#log.write('error', 'sync_failed', {
      error: error.message,
      sentence:
        'The disk did not store what was written, and it is not known what it holds; stopping at once. Check the disk, then start again.',
    })
  }

  serverFailed(error: Error): void {
    this.#log.write('error', 'server_failed', whole(error))
  }

  queueWarned({ event, sentence }: QueueWarning): void {
    this.#log.write('warning', event, { sentence })
  }

  /** Texts of letters of this site that cannot be used, a sentence about each. */
  badWords(sentences: readonly string[]): void {
    for (const sentence of sentences) this.#log.write('warning', 'bad_words', { sentence })
  }

  reloaded(door: Door): void {
    this.#log.write('info', 'reloaded', { door })
  }

  notReloaded(door: Door, error: unknown): void {
    this.#log.write('error', 'not_reloaded', {
      door,
      ...(error instanceof Failure ? { sentence: error.message } : whole(error)),
    })
  }

  /** A reload found changes in the config file; they wait for a restart. Values are not logged. */
  restartNeeded(keys: readonly string[]): void {
    this.#log.write('warning', 'restart_needed', {
      keys,
      sentence: 'The config file has changed; these options take effect with a restart.',
    })
  }

  /** A reload found that the config file can no longer be used. */
  configFaulty(error: unknown): void {
    this.#log.write('error', 'config_faulty', {
      sentence: 'The daemon runs on with the config that it has; a restart would fail.',
      ...(error instanceof Failure ? { fault: error.message } : whole(error)),
    })
  }

  crashed(error: unknown): void {
    this.#log.write('error', 'crashed', whole(error))
  }

  /** A call at a door threw: a Failure is a refusal, anything else an unexpected error. */
  thrown(door: Door, method: string, error: unknown, more?: Facts): void {
    if (error instanceof Failure) this.refused(door, method, error, more)
    else this.failed(door, method, error, more)
  }
}

function whole(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: inspect(error) }
  const { message, stack, cause } = error
  return { error: message, stack, ...(cause === undefined ? {} : { cause: inspect(cause) }) }
}
