import { readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Test } from 'tap'

type Method = 'write' | 'datasync' | 'sync' | 'truncate'
type Call = (...args: unknown[]) => Promise<unknown>

/**
 * Replaces a method of every open file by `instead` until the test ends, or until the given function is called. `instead` gets the
 * path, the real method, and the arguments.
 */
export async function onDisk(
  t: Test,
  method: Method,
  instead: (path: string, real: () => Promise<unknown>, args: unknown[]) => Promise<unknown>,
): Promise<() => void> {
  const prototype = await fileHandlePrototype()
  const real = prototype[method]
  prototype[method] = function (this: FileHandle, ...args: unknown[]) {
    return instead(readlinkSync(`/proc/self/fd/${this.fd}`), () => real.apply(this, args), args)
  }
  const restore = () => {
    prototype[method] = real
  }
  t.teardown(restore)
  return restore
}

async function fileHandlePrototype(): Promise<Record<Method, Call>> {
  const handle = await open(tmpdir(), 'r')
  await handle.close()
  return Object.getPrototypeOf(handle)
}

export function failing(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** A gate at which calls wait until it is opened. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}
