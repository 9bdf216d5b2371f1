import { readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { FILE_MODE } from '../disk.ts'
import { Failure } from '../failure.ts'
import { sha256 } from '../secret.ts'

/**
 * Takes a directory for this process; gives the function that lets go of it. The lock is an abstract unix socket, which the
 * kernel drops with the process however it dies; its name is a hash, since names over 107 bytes are cut without a word.
 * Throws Failure `conflict` while another process has it.
 */
export async function lock(directory: string): Promise<() => Promise<void>> {
  const path = await realpath(directory)
  const name = `\0helpdeskd-${sha256(path)}`
  const pidFile = join(path, 'pid')
  const server = createServer(connection => connection.destroy())
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(name, resolve))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const pid = await readFile(pidFile, 'utf8').catch(() => '')
    const holder = pid ? `process ${pid.trim()}` : 'another process'
    throw new Failure('conflict', `${directory} is in use by ${holder}; one helpdeskd at a time may open it.`)
  }
  server.unref()
  const release = async () => {
    await rm(pidFile, { force: true })
    await closed(server)
  }
  try {
    await writeFile(pidFile, `${process.pid}\n`, { mode: FILE_MODE })
  } catch (error) {
    await closed(server)
    throw error
  }
  return release
}

function closed(server: Server): Promise<unknown> {
  return new Promise(resolve => server.close(resolve))
}
