import type { Store } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'

/**
 * Finds users by username. It keeps what it found until any user changes, because a program may log in a thousand times a second. The call
 * itself loads its user again.
 */
export class UserLookup {
  readonly #store: Store
  readonly #found = new Map<string, User>()
  /** Counts the changes: what was read before one must not be kept after it. */
  #changes = 0

  constructor(store: Store) {
    this.#store = store
    store.watch('users', () => {
      this.#changes++
      this.#found.clear()
    })
  }

  async find(username: string): Promise<User | undefined> {
    const changes = this.#changes
    const [user] = await this.#store.read(tx => tx.find('users', { username }))
    if (user && changes === this.#changes) this.#found.set(username, user)
    return user
  }

  /** The user, if it was found since the last change. */
  get(username: string): User | undefined {
    return this.#found.get(username)
  }
}
