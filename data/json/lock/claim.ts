import { randomInt } from 'node:crypto'
import { chmod, rename, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { absent, FILE_MODE, socketIn } from '../../disk.ts'
import { Failure } from '../../failure.ts'
import { claimAnswer } from './rival.ts'

const NAME_DIGITS = 9
/** What `bind` says where a file system has no sockets. */
const NO_SOCKETS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP']

/**
 * The socket by which this process claims a directory; it tells whoever connects how far it got. Its name is never used again, so
 * that a name behind which nobody listens can be removed by anybody.
 */
export class Claim {
  readonly name: string
  /** Whether the directory is this process's own. */
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

  /** Listens first and has its name then: behind a published name somebody listens, or is dead. False when the name was swept away. */
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
        `${this.#unpublished} cannot be made: no unix sockets there (${code}). Choose a state_dir on a file system of Linux, like ext4.`,
      )
    }
    this.#server.unref()
  }
}
