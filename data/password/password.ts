import { hash as digest, randomBytes } from 'node:crypto'
import { MINUTE } from '../durations.ts'
import { Failure } from '../failure.ts'
import { isToken } from '../token.ts'
import { PasswordQueue } from './password_queue.ts'

/** bcrypt's cost factor for new passwords: about 0.1 s for each hash. */
const COST = 10
/** A bcrypt hash; the group is its cost factor. */
const HASH = /^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$/
/** A higher cost would occupy the worker for seconds. A hash below COST is not checked either: the shorter time would show that the user exists. */
const HIGHEST_COST = 14
/** bcrypt ignores all bytes after these. */
const LONGEST_BYTES = 72
const SHORTEST_CHARACTERS = 8
const REMEMBERED_MILLISECONDS = 5 * MINUTE
const MOST_REMEMBERED = 10_000

/** Dummy hash: keeps timing constant for unknown users. */
const NOBODYS_HASH = '$2b$10$4pzVB3AZ8rYVX7GFikcTWekGx5ZttcXoP6/zMfFRUOQMqrDI5jPUC'

/** Hashes and checks passwords in a worker thread, and remembers correct logins for a while. */
export class Passwords {
  readonly #queue = new PasswordQueue()
  /** The key of each correct login, with the time until which it is remembered. */
  readonly #remembered = new Map<string, number>()
  /** Checks in progress, by key: the same login on many connections at once is checked once. */
  readonly #checks = new Map<string, Promise<boolean>>()
  /** New for each process, so that remembered keys in an old core dump or swap file are worthless. */
  readonly #key = randomBytes(32).toString('hex')

  /**
   * The hash of a new password, which has at least 8 characters, at most 72 bytes of UTF-8, and no NUL. Throws Failure `invalid`, which
   * never shows the password, or `unavailable` if too many hashes are waiting.
   */
  async hash(password: string): Promise<string> {
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
      throw new Failure('invalid', 'The password has the form of a token; choose one without "hdt_".')
    if (password.includes('\0'))
      throw new Failure('invalid', 'The password contains a NUL character; remove it.')
    return this.#queue.run<string>({ password, cost: COST })
  }

  /**
   * Whether a password matches a user's hash. Without a hash (unknown user) it is false after the same work. A correct login is
   * remembered for five minutes, by a keyed digest of username, hash and password, so a changed password ends that. Throws Failure
   * `unavailable` if too many checks are waiting.
   */
  async isRight(username: string, password: string, hash: string | null): Promise<boolean> {
    if (!isUsable(password)) return false
    const key = this.#keyOf(username, password, hash)
    if (this.#isKnown(key)) return true
    const checking = this.#checks.get(key) ?? this.#check(password, hash)
    this.#checks.set(key, checking)
    const right = await checking.finally(() => this.#checks.delete(key))
    if (right) this.#remember(key)
    return right
  }

  /** Whether this login was correct in the last five minutes; answers without a check. */
  isRemembered(username: string, password: string, hash: string | null): boolean {
    return isUsable(password) && this.#isKnown(this.#keyOf(username, password, hash))
  }

  /** Starts the worker thread, which otherwise waits for the first password. */
  begin(): void {
    this.#queue.begin()
  }

  /** Stops the worker thread and rejects what is waiting. */
  close(): Promise<void> {
    return this.#queue.close()
  }

  /**
   * The key of a login. It has the username, so that two unknown users do not share one check, which would show in the timing.
   * A plain digest, not an HMAC, which costs five times as much: HMAC protects tags that others see, and nobody sees these.
   */
  #keyOf(username: string, password: string, hash: string | null): string {
    return digest('sha256', `${this.#key}${username.length} ${username} ${hash} ${password}`, 'base64')
  }

  #isKnown(key: string): boolean {
    return (this.#remembered.get(key) ?? 0) > performance.now()
  }

  async #check(password: string, hash: string | null): Promise<boolean> {
    const checkable = isCheckable(hash)
    const task = { password, hash: checkable ? hash : NOBODYS_HASH, cost: COST }
    return (await this.#queue.run<boolean>(task)) && checkable
  }

  #remember(key: string): void {
    const remembered = this.#remembered
    if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!)
    remembered.delete(key)
    remembered.set(key, performance.now() + REMEMBERED_MILLISECONDS)
  }
}

function isUsable(password: string): boolean {
  return password !== '' && Buffer.byteLength(password) <= LONGEST_BYTES && !password.includes('\0')
}

function isCheckable(hash: string | null): hash is string {
  const [, cost] = HASH.exec(hash ?? '') ?? []
  return cost !== undefined && Number(cost) >= COST && Number(cost) <= HIGHEST_COST
}
