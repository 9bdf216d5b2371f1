import { Worker } from 'node:worker_threads'
import { Failure } from '../failure.ts'
import type { Task } from './password_worker.ts'

/** About four seconds of work; more waiting tasks mean an attack or an overload. */
const LONGEST_QUEUE = 32

/** Runs bcrypt in a worker thread, one task at a time. The thread starts with the first task, or by `begin`. */
export class PasswordQueue {
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #worker: Worker | undefined
  #lastId = 0
  #isClosed = false

  /** Gives the result of a task. Throws Failure `unavailable` if too many are waiting, or after the close. */
  run<R>(task: Omit<Task, 'id'>): Promise<R> {
    if (this.#isClosed || this.#waiting.size >= LONGEST_QUEUE) throw tooManyLogins()
    const id = ++this.#lastId
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker ??= this.#start()
      this.#worker.ref()
      this.#worker.postMessage({ id, ...task })
    })
  }

  /** Starts the thread. */
  begin(): void {
    if (this.#worker) return
    this.#worker = this.#start()
    this.#worker.unref()
  }

  /** Stops the thread and rejects what is waiting. Logins that waited elsewhere for their turn do not start another. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const started = new Worker(new URL('password_worker.js', import.meta.url))
    started.on('message', ({ id, result }: { id: number; result: never }) => {
      this.#waiting.get(id)?.resolve(result)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) started.unref()
    })
    let reason: Error = new Error('the password worker ended')
    started.on('error', error => {
      reason = error
    })
    started.on('exit', () => {
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(reason)
      this.#waiting.clear()
    })
    return started
  }
}

/** The refusal of a login while too many others wait for their check. */
export function tooManyLogins(): Failure {
  return new Failure('unavailable', 'Too many logins are being checked; try again in a few seconds.')
}
