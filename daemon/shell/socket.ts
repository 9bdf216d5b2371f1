import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { FILE_MODE, socketIn } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Command } from '../../handlers/call.ts'
import { listening } from '../listening.ts'
import type { Room } from '../room.ts'
import { type Done, refused, run } from './run.ts'

/** The socket of a state directory. Throws Failure `invalid` where its name would be too long for one. */
export function socketPath(directory: string): string {
  return socketIn(directory, 'helpdeskd.sock')
}

interface Session {
  readonly socket: Socket
  busy: boolean
}

/**
 * Opens the shell's door, a unix socket that only the owner of the state directory can open: a command in JSON a line, and a line
 * with what it came to. The lock on the directory is held, so a socket that is still there is a dead one. Gives what closes it,
 * once the commands under way are answered.
 */
export async function openSocket(store: Store, directory: string, room: Room): Promise<() => Promise<void>> {
  const path = socketPath(directory)
  const sessions = new Set<Session>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    const session = { socket, busy: false }
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
    socket.on('error', () => socket.destroy())
    // A refusal is answered, so what is thrown here is that the other side went away.
    converse(
      line => answerTo(store, line, room),
      session,
      () => server.listening,
    ).catch(() => socket.destroy())
  })
  await rm(path, { force: true })
  await listening(server, { path }, FILE_MODE)
  return async () => {
    const closed = new Promise(resolve => server.close(resolve))
    for (const { socket, busy } of sessions) if (!busy) socket.destroySoon()
    await closed
  }
}

async function converse(
  answer: (line: string) => Promise<Done>,
  session: Session,
  goesOn: () => boolean,
): Promise<void> {
  const { socket } = session
  const lines = createInterface({ input: socket })
  socket.once('close', () => lines.close())
  for await (const line of lines) {
    session.busy = true
    socket.write(`${JSON.stringify(await answer(line))}\n`)
    session.busy = false
    if (!goesOn()) break
  }
  socket.destroySoon()
}

async function answerTo(store: Store, line: string, room: Room): Promise<Done> {
  const command = commandIn(line)
  if (command) return run(store, command, room)
  return refused(new Failure('invalid', 'This is no command; write {"method": "…", "params": {"…": "…"}}.'))
}

function commandIn(line: string): Command | undefined {
  try {
    const { method, params } = JSON.parse(line) as Command
    const texts = Object.values(params).every(value => typeof value === 'string')
    return typeof method === 'string' && texts && !Array.isArray(params) ? { method, params } : undefined
  } catch {
    return undefined
  }
}
