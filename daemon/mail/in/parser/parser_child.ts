import { type ChildProcess, fork } from 'node:child_process'
import { SECOND } from '../../../../data/durations.ts'
import { OTHER_VERSION_EXIT } from './other_version.ts'
import type { ParserAsked, Told } from './parser_program.ts'

const HEAP_MEGABYTES = 256
const LONGEST_START_MILLISECONDS = 60 * SECOND

/** The child ended before it answered. */
export class ChildGone extends Error {}
/** The child ended before it got the question. */
export class NotAsked extends ChildGone {}

interface Waiter {
  resolve(told: Told): void
  reject(error: Error): void
}

/** A child process that parses mails, one at a time. */
export class ParserChild {
  /** Rejects with ChildGone if the child cannot start. */
  readonly ready: Promise<void>
  /** Resolves with the reason when the child has ended. */
  readonly gone: Promise<string>
  readonly #process: ChildProcess
  readonly #longest: number
  #waiter: Waiter | undefined
  #end: ChildGone | undefined

  /**
   * Starts it; an answer may take `longest` milliseconds. It ends before it is ready if it has another version than the daemon. Throws the
   * system's error if it cannot be started.
   */
  constructor(program: string, daemonVersion: string, longest: number) {
    this.#longest = longest
    this.#process = fork(program, [daemonVersion], {
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

  /** Sends a message that has no answer. Throws NotAsked. */
  tell(asked: ParserAsked): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#process.send(asked, error => (error ? reject(new NotAsked(error.message)) : resolve()))
    })
  }

  /** Sends a question and gives the answer. Throws NotAsked, or ChildGone if the child dies or is killed for being too slow. */
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
  child.on('exit', (code, signal) => told(signal ?? reasonOf(code)))
  child.on('error', error => {
    // A process that was never started emits no exit.
    if (child.pid === undefined) told(error.message)
    else child.kill('SIGKILL')
  })
}

function reasonOf(code: number | null): string {
  return code === OTHER_VERSION_EXIT
    ? 'an upgrade has replaced the program of the running daemon; restart it'
    : `exit ${code}`
}
