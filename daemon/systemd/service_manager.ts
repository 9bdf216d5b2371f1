import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Sends each line as one message, whose parts are separated by tabs. systemd-notify waits until systemd has read it: systemd drops the
 * message of a process that has ended. Node itself cannot send datagrams to a unix socket.
 */
const HELPER = `set -f
IFS='\t'
while read -r message; do systemd-notify -- $message; done`
const LONGEST_STATUS = 500

/**
 * What the service manager hears of this process, as in sd_notify(3); without NOTIFY_SOCKET, nothing. One helper sends all messages, since
 * to start a process from a large one would hold up the event loop each time.
 */
export class ServiceManager {
  readonly #helper: ChildProcess | undefined

  /** Takes NOTIFY_SOCKET out of the environment, so that no other child process can write to it. */
  constructor() {
    if (!process.env.NOTIFY_SOCKET) return
    this.#helper = spawn('/bin/sh', ['-c', HELPER], { stdio: ['pipe', 'ignore', 'inherit'] })
    delete process.env.NOTIFY_SOCKET
    // Without a helper there is nobody to tell; systemd then ends the start after its time.
    this.#helper.on('error', () => {})
    this.#helper.stdin?.on('error', () => {})
  }

  /** The status is a sentence for `systemctl status`. */
  status(sentence: string): void {
    this.#tell([statusOf(sentence)])
  }

  /** From now on the start, or the reload, counts as done; the event loop feeds the watchdog. */
  ready(sentence: string): void {
    this.#tell(['READY=1', statusOf(sentence)])
  }

  /** As Type=notify-reload wants it, which systemd knows since version 253; older ones ignore the time. */
  reloading(): void {
    const microseconds = process.hrtime.bigint() / 1000n
    this.#tell(['RELOADING=1', `MONOTONIC_USEC=${microseconds}`])
  }

  stopping(): void {
    this.#tell(['STOPPING=1', statusOf('Finishes running requests and mails.')])
  }

  /** Tells systemd twice within WATCHDOG_USEC that the event loop turns; it kills a process that does not say so (sd_watchdog_enabled(3)). */
  feedWatchdog(): void {
    const { WATCHDOG_USEC, WATCHDOG_PID } = process.env
    if (!WATCHDOG_USEC || WATCHDOG_PID !== String(process.pid)) return
    setInterval(() => this.#tell(['WATCHDOG=1']), Number(WATCHDOG_USEC) / 2000).unref()
  }

  /** Resolves when all messages are sent. */
  async close(): Promise<void> {
    const helper = this.#helper
    if (!helper || helper.exitCode !== null) return
    const ended = once(helper, 'close')
    helper.stdin?.end()
    await ended.catch(() => {})
  }

  #tell(parts: readonly string[]): void {
    this.#helper?.stdin?.write(`${parts.join('\t')}\n`)
  }
}

/** One part of a message: no tab and no line feed. */
function statusOf(sentence: string): string {
  return `STATUS=${sentence.replace(/[\t\n]/g, ' ').slice(0, LONGEST_STATUS)}`
}
