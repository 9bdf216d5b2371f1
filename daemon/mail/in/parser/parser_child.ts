import { type ChildProcess, fork } from 'node:child_process'
import { SECOND } from '../../../../data/durations.ts'
import type { ParserAsked, Told } from './parser_program.ts'

const HEAP_MEGABYTES = 256
const LONGEST_START_MILLISECONDS = 60 * SECOND

/** It ended before it answered. */
export class ChildGone extends Error {}
/** It was gone before it was asked. */
export class NotAsked extends ChildGone {}

interface Waiter {
  resolve(told: Told): void
  reject(error: Error): void
}

/** A process that takes mails apart, one at a time. */
export class ParserChild {
  /** Rejects with ChildGone when it cannot begin. */
  readonly ready: Promise<void>
  /** Resolves when it is gone, with the reason. */
  readonly gone: Promise<string>
  readonly #process: ChildProcess
  readonly #longest: number
  #waiter: Waiter | undefined
  #end: ChildGone | undefined

  /** Starts it; an answer may take so many milliseconds. Throws what the system says where it cannot be started. */
  constructor(program: string, longest: number) {
    this.#longest = longest
    this.#process = fork(program, {
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.gone = new Promise(resolve => {
      onEnd(this.#process, reason => {
        this.#end = new ChildGone(reason)
        this.#waiter?.reject(this.#end)
        resolve(reason)
      })
    })
    this.#process.on('message', (told: Told) => this.#waiter?.resolve(told))
    this.ready = this.#answered(LONGEST_START_MILLISECONDS).then(() => {})
  }

  /** Says something that has no answer. Throws NotAsked. */
  tell(asked: ParserAsked): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#process.send(asked, error => (error ? reject(new NotAsked(error.message)) : resolve()))
    })
  }

  /** Throws NotAsked, or ChildGone when it dies, or takes so long that it is made to. */
  async ask(asked: ParserAsked): Promise<Told> {
    const told = this.#answered(this.#longest)
    told.catch(() => {})
    await this.tell(asked)
    return told
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #answered(milliseconds: number): Promise<Told> {
    const timer = setTimeout(() => this.kill(), milliseconds)
    return new Promise<Told>((resolve, reject) => {
      this.#waiter = { resolve, reject }
      if (this.#end) reject(this.#end)
    }).finally(() => clearTimeout(timer))
  }
}

function onEnd(child: ChildProcess, told: (reason: string) => void): void {
  child.on('exit', (code, signal) => told(signal ?? `exit ${code}`))
  child.on('error', error => {
    // One that was never there has no exit to wait for.
    if (child.pid === undefined) told(error.message)
    else child.kill('SIGKILL')
  })
}
