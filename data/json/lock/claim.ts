import { randomInt } from 'node:crypto'
import { chmod, rename, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { absent, FILE_MODE, socketIn } from '../../disk.ts'
import { Failure } from '../../failure.ts'
import { claimAnswer } from './rival.ts'

const NAME_DIGITS = 9
/** Error codes of `bind` on a file system without sockets. */
const NO_SOCKETS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP']

/**
 * The socket by which this process claims a directory. To each connection it says whether this process has the directory. Its name is
 * never reused, so any process may remove a name on which nobody listens.
 */
export class Claim {
  readonly name: string
  /** Whether this process has the directory. */
  holds = false
  readonly #path: string
  readonly #unpublished: string
  readonly #server: Server

  constructor(directory: string) {
    const digits = randomInt(36 ** NAME_DIGITS)
      .toString(36)
      .padStart(NAME_DIGITS, '0')
    this.name = `lock.${digits}`
    this.#path = join(directory, this.name)
    this.#unpublished = socketIn(directory, `lock~${digits}`)
    this.#server = createServer(connection => {
      connection.on('error', () => {})
      connection.write(claimAnswer(this.holds))
      connection.destroySoon()
    })
  }

  /** Listens first and publishes its name then, so that every published name has a listener or a dead process. False if another process removed the name. */
  async publish(): Promise<boolean> {
    await this.#listen()
    try {
      await chmod(this.#unpublished, FILE_MODE)
      await rename(this.#unpublished, this.#path)
      return true
    } catch (error) {
      await this.withdraw()
      absent(error as Error)
      return false
    }
  }

  async withdraw(): Promise<void> {
    await rm(this.#path, { force: true })
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #listen(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.on('error', reject).listen(this.#unpublished, resolve)
      })
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!NO_SOCKETS.includes(code)) throw error
      throw new Failure(
        'invalid',
        `${this.#unpublished} cannot be created: the file system has no Unix sockets (${code}). Choose a state_dir on a Linux file system, such as ext4.`,
      )
    }
    this.#server.unref()
  }
}
