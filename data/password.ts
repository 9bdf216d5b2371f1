import { hash as digest, randomBytes } from 'node:crypto'
import { MINUTE } from './durations.ts'
import { Failure } from './failure.ts'
import { PasswordQueue } from './password_queue.ts'
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
const REMEMBERED_MILLISECONDS = 5 * MINUTE
const MOST_REMEMBERED = 10_000

/** Of a password that nobody has; compared with where there is no user, so that the time does not tell. */
const NOBODYS_HASH = '$2b$10$4pzVB3AZ8rYVX7GFikcTWekGx5ZttcXoP6/zMfFRUOQMqrDI5jPUC'

/** The hashes of passwords, and which logins were right lately. Its work is done beside the main thread. */
export class Passwords {
  readonly #queue = new PasswordQueue()
  /** By what a login is remembered by: until when. */
  readonly #remembered = new Map<string, number>()
  /** Checks under way: the same login at many connections at once is one piece of work. */
  readonly #checks = new Map<string, Promise<boolean>>()
  /** Dies with the process, so that what is remembered is of no use in a core or a swap file. */
  readonly #key = randomBytes(32).toString('hex')

  /**
   * The hash to keep of a new password: 8 characters to 72 bytes of UTF-8, no NUL. Throws Failure `invalid`, which never shows the password,
   * or `unavailable` when too many wait.
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
      throw new Failure('invalid', 'The password is written as a token; choose one that does not begin so.')
    if (password.includes('\0'))
      throw new Failure('invalid', 'The password has a NUL character; leave it out.')
    return this.#queue.run<string>({ password, cost: COST })
  }

  /**
   * Whether a password is the one of a user's hash; with no hash (no such user), always false after the same work. A right one is
   * remembered for five minutes, by a keyed digest of hash and password, so that a changed password is not. Throws Failure
   * `unavailable` when too many wait.
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

  /** Whether it was found right in the last five minutes, so that nobody has to wait for a check. */
  isRemembered(username: string, password: string, hash: string | null): boolean {
    return isUsable(password) && this.#isKnown(this.#keyOf(username, password, hash))
  }

  /** Ends its thread; what still waits is rejected. */
  close(): Promise<void> {
    return this.#queue.close()
  }

  /**
   * What a login is remembered by. The username, so that two unknown ones share no work that two known ones would not. In one call
   * and not as an HMAC, which costs five times as much: what HMAC adds is for tags that others see.
   */
  #keyOf(username: string, password: string, hash: string | null): string {
    return digest('sha256', this.#key + `${username.length} ${username} ${hash} ${password}`, 'base64')
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
