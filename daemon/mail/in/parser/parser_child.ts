import { type ChildProcess, fork } from 'node:child_process'
import { SECOND } from '../../../../data/durations.ts'
import type { ParserAsked, Told } from './parse.ts'

const HEAP_MEGABYTES = 256
const LONGEST_START_MILLISECONDS = 60 * SECOND

/** It ended before it answered. */
export class ChildGone extends Error {}
/** It was gone before it was asked. */
export class NotAsked extends ChildGone {}

/** A process that takes mails apart, one at a time. */
export interface Child {
  /** Rejects with ChildGone when it cannot begin. */
  readonly ready: Promise<void>
  /** Resolves when it is gone, with the reason. */
  readonly gone: Promise<string>
  /** Says something that has no answer. Throws NotAsked. */
  tell(asked: ParserAsked): Promise<void>
  /** Throws NotAsked, or ChildGone when it dies, or takes so long that it is made to. */
  ask(asked: ParserAsked): Promise<Told>
  kill(): void
}

/** Starts one; an answer may take so many milliseconds. Throws what the system says where it cannot be started. */
export function startChild(program: string, longest: number): Child {
  const child = fork(program, {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const kill = () => void child.kill('SIGKILL')
  let answer: { resolve(told: Told): void; reject(error: Error): void } | undefined
  let end: ChildGone | undefined
  const gone = new Promise<string>(resolve => {
    onEnd(child, reason => {
      end = new ChildGone(reason)
      answer?.reject(end)
      resolve(reason)
    })
  })
  child.on('message', (told: Told) => answer?.resolve(told))
  const answered = (milliseconds: number) => {
    const timer = setTimeout(kill, milliseconds)
    return new Promise<Told>((resolve, reject) => {
      answer = { resolve, reject }
      if (end) reject(end)
    }).finally(() => clearTimeout(timer))
  }
  const tell = (asked: ParserAsked) =>
    new Promise<void>((resolve, reject) => {
      child.send(asked, error => (error ? reject(new NotAsked(error.message)) : resolve()))
    })
  return {
    ready: answered(LONGEST_START_MILLISECONDS).then(() => {}),
    gone,
    tell,
    ask: async asked => {
      const told = answered(longest)
      told.catch(() => {})
      await tell(asked)
      return told
    },
    kill,
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
