import { readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'

const PUBLISHED = /^lock\.[0-9a-z]{9}$/
const UNPUBLISHED = /^lock~[0-9a-z]{9}$/
/** Longer than a process that is busy keeps others waiting. */
const PATIENCE_MILLISECONDS = 2000
const LONGEST_ANSWER = 1000

/** Another process that claims the directory. What it does not tell is undefined. */
export interface Rival {
  readonly name: string
  readonly pid: number | undefined
  readonly host: string | undefined
  /** Whether it has the directory; who does not answer may have it. */
  readonly holds: boolean
}

/** What this process tells of itself to whoever connects to its claim. */
export function claimAnswer(holds: boolean): string {
  return JSON.stringify({ pid: process.pid, host: hostname(), holds })
}

/** The living processes that claim a directory, but for the claim with this process's own name; the names of the dead are removed. */
export async function rivalsOf(directory: string, own: string): Promise<Rival[]> {
  const names = await socketsIn(directory, PUBLISHED)
  const rivals = await Promise.all(names.filter(name => name !== own).map(name => rivalAt(directory, name)))
  return rivals.filter(rival => rival !== undefined)
}

/** Removes what died before it was published. Whoever is about to publish such a name finds it gone, and begins again. */
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
  // Whoever hangs up without a word is withdrawing or dying.
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

/** What somebody says at a socket until the end, and the error where there was one; ETIMEDOUT for silence. */
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
