import { parentPort } from 'node:worker_threads'
import { compareSync, hashSync } from 'bcryptjs'

/** What the main thread asks: to hash a password, or to compare it with a hash. */
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
