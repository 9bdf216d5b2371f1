import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { MINUTE } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import type { Hours } from '../../handlers/escalation/hours.ts'
import type { Events } from '../log/events.ts'
import { partsOf } from './message.ts'
import type { Done, ShellCommand } from './run.ts'
import { socketPath } from './socket_path.ts'

/** How often we look whether a daemon has started. */
const LOOK_MILLISECONDS = 100

/** How a shell command reaches the tickets. */
export interface Client {
  run(command: ShellCommand): Promise<Done>
  close(): Promise<void>
}

/** Connects to the daemon of a state directory; if none runs, opens the store itself. */
export async function connect(directory: string, events: Events, hours?: Hours): Promise<Client> {
  const socket = await reach(socketPath(directory))
  if (socket) return overSocket(socket)
  // Loaded here, since a running daemon has it.
  const { openClient } = await import('./store_client.ts')
  return openClient(directory, events, hours)
}

/**
 * The same, also while a daemon is starting: it has the store, and does not listen yet. Calls `waits` once if so. Throws Failure `conflict`
 * after a minute.
 */
export async function connectAtStart(directory: string, events: Events, waits: () => void): Promise<Client> {
  const end = Date.now() + MINUTE
  let isTold = false
  for (;;) {
    try {
      return await connect(directory, events)
    } catch (error) {
      const isHeld = error instanceof Failure && error.code === 'conflict'
      if (!isHeld || Date.now() > end) throw error
      if (!isTold) waits()
      isTold = true
      await setTimeout(LOOK_MILLISECONDS)
    }
  }
}

/** Whether a daemon listens for this state directory. */
export async function isReached(directory: string): Promise<boolean> {
  const socket = await reach(socketPath(directory))
  socket?.destroy()
  return socket !== undefined
}

function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('connect', () => resolve(socket))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else reject(error)
    })
  })
}

function overSocket(socket: Socket): Client {
  const lines = createInterface({ input: socket })
  const answers = lines[Symbol.asyncIterator]()
  socket.once('close', () => lines.close())
  const gone = () => ({ done: true, value: undefined }) as const
  return {
    run: async command => {
      for (const part of partsOf(command)) socket.write(part)
      const { value, done } = await answers.next().catch(gone)
      if (done)
        throw new Failure(
          'unavailable',
          'The daemon ended before it answered; check whether the command was carried out.',
        )
      return JSON.parse(value) as Done
    },
    close: async () => {
      socket.end()
    },
  }
}
