import { parentPort } from 'node:worker_threads'
import { compareSync, hashSync } from 'bcryptjs'

/** A task from the main thread: hash a password, or compare it with `hash`. */
export interface Task {
  readonly id: number
  readonly password: string
  readonly hash?: string
  readonly cost: number
}

parentPort?.on('message', ({ id, password, hash, cost }: Task) => {
  const result = hash === undefined ? hashSync(password, cost) : compareSync(password, hash)
  parentPort?.postMessage({ id, result })
})
