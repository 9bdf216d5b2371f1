import { chmod, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { FILE_MODE } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Command } from '../../handlers/call.ts'
import { events } from '../events.ts'
import { run } from './run.ts'

/** The longest name that a unix socket can have: `sun_path` without its NUL. */
const LONGEST_PATH = 107

export function socketPath(directory: string): string {
  return join(directory, 'helpdeskd.sock')
}

/**
 * Opens the shell's door, a unix socket that only the owner of the state directory can open: a command in JSON a line, and a line
 * with what it came to. The lock on the directory is held, so a socket that is still there is a dead one. Gives what closes it.
 */
export async function openSocket(store: Store, directory: string): Promise<() => Promise<void>> {
  const path = socketPath(directory)
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Failure('invalid', `${path} is too long for a socket; choose a state_dir of fewer characters.`)
  }
  await rm(path, { force: true })
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    void serve(store, socket).catch(error => {
      events.failed('shell', error)
      socket.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  await chmod(path, FILE_MODE)
  return async () => {
    for (const socket of open) socket.end()
    await new Promise(resolve => server.close(resolve))
  }
}

async function serve(store: Store, socket: Socket): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const done = await run(store, JSON.parse(line) as Command)
    socket.write(`${JSON.stringify(done)}\n`)
  }
  socket.end()
}
