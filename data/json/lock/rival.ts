import { readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'

const PUBLISHED = /^lock\.[0-9a-z]{9}$/
const UNPUBLISHED = /^lock~[0-9a-z]{9}$/
/** Longer than a busy process takes to answer. */
const PATIENCE_MILLISECONDS = 2000
const LONGEST_ANSWER = 1000

/** Another process that claims the directory. What it does not say is undefined. */
export interface Rival {
  readonly name: string
  readonly pid: number | undefined
  readonly host: string | undefined
  /** Whether it has the directory; assumed of a process that does not answer. */
  readonly holds: boolean
}

/** What a claim answers to each connection: this process, and whether it has the directory. */
export function claimAnswer(holds: boolean): string {
  return JSON.stringify({ pid: process.pid, host: hostname(), holds })
}

/** The live processes that claim a directory, except the claim named `own`. Removes the sockets of dead processes. */
export async function rivalsOf(directory: string, own: string): Promise<Rival[]> {
  const names = await socketsIn(directory, PUBLISHED)
  const rivals = await Promise.all(names.filter(name => name !== own).map(name => rivalAt(directory, name)))
  return rivals.filter(rival => rival !== undefined)
}

/** Removes unpublished sockets. A process that is about to publish one of them finds it gone, and begins again. */
export async function sweepUnpublished(directory: string): Promise<void> {
  for (const name of await socketsIn(directory, UNPUBLISHED)) await rm(join(directory, name), { force: true })
}

async function socketsIn(directory: string, called: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries.filter(entry => entry.isSocket() && called.test(entry.name)).map(({ name }) => name)
}

async function rivalAt(directory: string, name: string): Promise<Rival | undefined> {
  const path = join(directory, name)
  const { text, code } = await heardAt(path)
  if (code === 'ENOENT') return undefined
  if (code === 'ECONNREFUSED') {
    await rm(path, { force: true })
    return undefined
  }
  // A process that closes without an answer is withdrawing or dying.
  if (text === '' && (code === undefined || code === 'ECONNRESET'))
    return { name, ...nobodyKnown, holds: false }
  return { name, ...toldIn(text) }
}

const nobodyKnown = { pid: undefined, host: undefined }

function toldIn(text: string): Omit<Rival, 'name'> {
  try {
    const { pid, host, holds } = JSON.parse(text)
    return {
      pid: Number.isSafeInteger(pid) ? pid : undefined,
      host: typeof host === 'string' ? host : undefined,
      holds: holds !== false,
    }
  } catch {
    return { ...nobodyKnown, holds: true }
  }
}

/** Everything that a socket sends until it closes, and the error code if there was an error; ETIMEDOUT if it stays silent. */
function heardAt(path: string): Promise<{ text: string; code: string | undefined }> {
  return new Promise(resolve => {
    let text = ''
    let code: string | undefined
    const socket = connect(path).setEncoding('utf8')
    const end = (why: string) => {
      code = why
      socket.destroy()
    }
    const timer = setTimeout(end, PATIENCE_MILLISECONDS, 'ETIMEDOUT')
    socket.on('data', chunk => {
      text += chunk
      if (text.length > LONGEST_ANSWER) end('EMSGSIZE')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? 'EIO'
    })
    socket.once('close', () => {
      clearTimeout(timer)
      resolve({ text, code })
    })
  })
}
