import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { FILE_MODE } from '../../data/disk.ts'
import { SECOND } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { newTurns, type Turns } from '../auth/keyed_queue.ts'
import { listenText } from '../config/listen.ts'
import type { Shares } from '../files/shares.ts'
import { connectionsOf, listening, type Opened } from '../net/listener.ts'
import { type Frames, framesOf } from './frames.ts'
import { bytesBehind, messageIn, withTexts } from './message.ts'
import { type Done, refused, run, type ShellCommand, type ShellSite } from './run.ts'
import { socketPath } from './socket_path.ts'

/** How many commands with large texts there may be at once, including the running one. */
const MOST_WAITING = 32
/** How long a shell may send nothing in the middle of a text, for which others wait, or after a refused text. */
const PATIENCE_MILLISECONDS = 30 * SECOND

interface Session {
  readonly socket: Socket
  busy: boolean
}
/** What all sessions share. Large texts are read one after the other. */
interface Desk {
  readonly shares: Shares
  readonly inTurn: Turns<'large'>
  readonly site: ShellSite
  isOpen(): boolean
}

/**
 * Opens the shell door, a unix socket for the owner of the state directory only. Each line is a command in JSON, answered by a line with
 * its result. The daemon holds the lock of the directory, so an existing socket is a dead one. It closes
 * after the commands in progress are answered.
 */
export async function openSocket(shares: Shares, directory: string, site: ShellSite): Promise<Opened> {
  const path = socketPath(directory)
  const sessions = new Set<Session>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    const session = { socket, busy: false }
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
    socket.on('error', () => socket.destroy())
    socket.on('timeout', () => socket.destroy())
    // Refusals are answered in converse(); what it throws is the error of a connection that was lost.
    converse(desk, session).catch(() => socket.destroy())
  })
  const inTurn = newTurns<'large'>(MOST_WAITING, refuseMore)
  const desk = { shares, inTurn, site, isOpen: () => server.listening }
  await rm(path, { force: true })
  await listening(server, { path }, site.events, FILE_MODE)
  const close = async () => {
    const closed = new Promise(resolve => server.close(resolve))
    for (const { socket, busy } of sessions) if (!busy) socket.destroySoon()
    await closed
  }
  return { port: 0, listens: [listenText({ path })], connections: () => connectionsOf([server]), close }
}

function refuseMore(): never {
  throw new Failure('unavailable', 'Too many large texts are being read; try again in a minute.')
}

async function converse(desk: Desk, session: Session): Promise<void> {
  const { socket } = session
  // The client may end its side of the connection and still read the answers.
  const frames = framesOf(socket.iterator({ destroyOnReturn: false }))
  const tell = (done: Done) => socket.write(`${JSON.stringify(done)}\n`)
  try {
    for (let line = await frames.line(); line !== undefined; line = await frames.line()) {
      session.busy = true
      tell(await answerTo(desk, session, line, frames))
      session.busy = false
      if (!desk.isOpen()) break
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    desk.site.events.thrown('shell', '(unknown)', error)
    tell(refused(error))
    session.busy = false
    socket.setTimeout(PATIENCE_MILLISECONDS)
    // It is no longer known where the next line begins. To close before all is read would reset the connection and lose the answer.
    await frames.drained()
  }
  socket.destroySoon()
}

/** Throws Failure if the texts after the line cannot be read (too large, incomplete, not UTF-8, too many waiting); the session ends then. */
async function answerTo(
  { shares, inTurn, site }: Desk,
  { socket }: Session,
  line: string,
  frames: Frames,
): Promise<Done> {
  const message = messageIn(line)
  if (!message) {
    site.events.refused('shell', '(unknown)', notACommand())
    return refused(notACommand())
  }
  const runIt = (command: ShellCommand) => shares.holding(undefined, ({ store }) => run(store, command, site))
  if (bytesBehind(message) === 0) return runIt(message)
  return inTurn('large', async () => {
    socket.setTimeout(PATIENCE_MILLISECONDS)
    const command = await withTexts(message, frames)
    socket.setTimeout(0)
    return runIt(command)
  })
}

function notACommand(): Failure {
  return new Failure('invalid', 'This is not a command; send {"method": "…", "params": {"…": "…"}}.')
}
