import crypto from 'node:crypto'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Worker } from 'node:worker_threads'

// Switches off parts of a daemon to measure what they cost. It patches them before the daemon is loaded, since there is no option for this.

export type Off = 'sync' | 'bcrypt' | 'cache'

export async function switchOff(what: Off): Promise<void> {
  await switches[what]()
}

const switches: Readonly<Record<Off, () => void | Promise<void>>> = {
  /** No syncs: what is written may be lost. */
  sync: async () => {
    const handle = await open('/dev/null')
    await handle.close()
    const prototype = Object.getPrototypeOf(handle)
    prototype.datasync = prototype.sync = async () => {}
  },

  /** Every password is right, and no worker runs. */
  bcrypt: () => {
    Worker.prototype.postMessage = function (this: Worker, { id }: { id: number }) {
      queueMicrotask(() => this.emit('message', { id, result: true }))
    }
  },

  /** No login is remembered: its key is a new one each time. */
  cache: () => {
    const real = crypto.hash as (...args: unknown[]) => string
    let calls = 0
    const other = (...args: unknown[]) => `${real(...args)}${++calls}`
    Object.assign(crypto, { hash: other })
    syncBuiltinESMExports()
  },
}
