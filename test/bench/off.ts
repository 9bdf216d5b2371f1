import crypto from 'node:crypto'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Worker } from 'node:worker_threads'

// What the bench switches off in a daemon to see what it costs. From outside, before the daemon is loaded: it has no such option.

export type Off = 'sync' | 'bcrypt' | 'cache'

export async function switchOff(what: Off): Promise<void> {
  await switches[what]()
}

const switches: Readonly<Record<Off, () => void | Promise<void>>> = {
  /** The disk is asked for nothing, and what is written may be lost. */
  sync: async () => {
    const handle = await open('/dev/null')
    await handle.close()
    const prototype = Object.getPrototypeOf(handle)
    prototype.datasync = prototype.sync = async () => {}
  },

  /** Every password is right, and no worker is asked. */
  bcrypt: () => {
    Worker.prototype.postMessage = function (this: Worker, { id }: { id: number }) {
      queueMicrotask(() => this.emit('message', { id, result: true }))
    }
  },

  /** No login is known again: the key that it was remembered by is another one each time. */
  cache: () => {
    const real = crypto.hash as (...args: unknown[]) => string
    let calls = 0
    const other = (...args: unknown[]) => `${real(...args)}${++calls}`
    Object.assign(crypto, { hash: other })
    syncBuiltinESMExports()
  },
}
