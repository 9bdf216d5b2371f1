import { hash as digest, randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { Failure } from './failure.ts'
import type { Task } from './password_worker.ts'
import { isToken } from './token.ts'

/** bcrypt's work factor for new passwords: about a tenth of a second. */
const COST = 10
/** bcrypt's own form, with its work factor. */
const HASH = /^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$/
/** A hash of more would keep the worker busy for seconds; by the time of one of less everybody could tell that there is such a user. */
const HIGHEST_COST = 14
/** bcrypt reads no more of a password than this. */
const LONGEST_BYTES = 72
const SHORTEST_CHARACTERS = 8
/** More waiting than this is an attack or an overload: about four seconds of work. */
const LONGEST_QUEUE = 32
const REMEMBERED_MILLISECONDS = 5 * 60 * 1000
const MOST_REMEMBERED = 10_000

/** Of a password that nobody has; compared with where there is no user, so that the time does not tell. */
const NOBODYS_HASH = '$2b$10$4pzVB3AZ8rYVX7GFikcTWekGx5ZttcXoP6/zMfFRUOQMqrDI5jPUC'

const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
const remembered = new Map<string, number>()
/** Checks under way: the same login at many connections at once is one piece of work. */
const checks = new Map<string, Promise<boolean>>()
/** Dies with the process, so that what is remembered is of no use in a core or a swap file. */
const processKey = randomBytes(32).toString('hex')
let worker: Worker | undefined
let lastId = 0

/**
 * The hash to keep of a new password: 8 characters to 72 bytes of UTF-8, no NUL. Runs beside the main thread.
 * Throws Failure `invalid`, which never shows the password, or `unavailable` when too many wait.
 */
export async function hashPassword(password: string): Promise<string> {
  const bytes = Buffer.byteLength(password)
  if (bytes > LONGEST_BYTES) {
    throw new Failure('invalid', `The password has ${bytes} bytes; give at most ${LONGEST_BYTES}.`)
  }
  if ([...password].length < SHORTEST_CHARACTERS) {
    throw new Failure(
      'invalid',
      `The password is too short; give at least ${SHORTEST_CHARACTERS} characters.`,
    )
  }
  if (isToken(password))
    throw new Failure('invalid', 'The password is written as a token; choose one that does not begin so.')
  if (password.includes('\0')) throw new Failure('invalid', 'The password has a NUL character; leave it out.')
  return run<string>({ password, cost: COST })
}

/**
 * Whether a password is the one of a user's hash; with no hash (no such user), always false after the same work. A right one is
 * remembered for five minutes, by a keyed digest of hash and password, so that a changed password is not. Throws Failure
 * `unavailable` when too many wait.
 */
export async function isPassword(username: string, password: string, hash: string | null): Promise<boolean> {
  if (!isUsable(password)) return false
  const key = keyOf(username, password, hash)
  if (isKnown(key)) return true
  const checking = checks.get(key) ?? check(password, hash)
  checks.set(key, checking)
  const right = await checking.finally(() => checks.delete(key))
  if (right) remember(key)
  return right
}

/** Whether it was found right in the last five minutes, so that nobody has to wait for a check. */
export function isRemembered(username: string, password: string, hash: string | null): boolean {
  return isUsable(password) && isKnown(keyOf(username, password, hash))
}

function isUsable(password: string): boolean {
  return password !== '' && Buffer.byteLength(password) <= LONGEST_BYTES && !password.includes('\0')
}

/**
 * What a login is remembered by. The username, so that two unknown ones share no work that two known ones would not. In one call
 * and not as an HMAC, which costs five times as much: what HMAC adds is for tags that others see.
 */
function keyOf(username: string, password: string, hash: string | null): string {
  return digest('sha256', processKey + JSON.stringify([username, hash, password]), 'base64')
}

function isKnown(key: string): boolean {
  return (remembered.get(key) ?? 0) > performance.now()
}

async function check(password: string, hash: string | null): Promise<boolean> {
  const checkable = isCheckable(hash)
  const right = await run<boolean>({ password, hash: checkable ? hash : NOBODYS_HASH, cost: COST })
  return checkable && right
}

function isCheckable(hash: string | null): hash is string {
  const [, cost] = HASH.exec(hash ?? '') ?? []
  return cost !== undefined && Number(cost) >= COST && Number(cost) <= HIGHEST_COST
}

function remember(key: string): void {
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!)
  remembered.delete(key)
  remembered.set(key, performance.now() + REMEMBERED_MILLISECONDS)
}

function run<R>(task: Omit<Task, 'id'>): Promise<R> {
  if (waiting.size >= LONGEST_QUEUE) {
    throw new Failure('unavailable', 'Too many logins are being checked; try again in a few seconds.')
  }
  const id = ++lastId
  return new Promise<R>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    worker ??= start()
    worker.ref()
    worker.postMessage({ id, ...task })
  })
}

function start(): Worker {
  const started = new Worker(new URL('password_worker.js', import.meta.url))
  started.on('message', ({ id, result }: { id: number; result: never }) => {
    waiting.get(id)?.resolve(result)
    waiting.delete(id)
    if (waiting.size === 0) started.unref()
  })
  let reason: Error = new Error('the password worker ended')
  started.on('error', error => {
    reason = error
  })
  started.on('exit', () => {
    worker = undefined
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
  })
  return started
}
