import { createReadStream } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FILE_MODE, syncDirectory, syncFile, writeWhole } from '../disk.ts'
import { DAY } from '../durations.ts'
import { chunked } from './chunks.ts'
import { journalPath, journals } from './journal_file.ts'

/** These files may contain records that were deleted later, so they are not kept for ever. */
const KEPT_MILLISECONDS = 30 * DAY
const TAIL = /^helpdesk\.[1-9][0-9]*\.journal\.torn-[1-9][0-9]*$/
const DAMAGED = /^helpdesk\.[1-9][0-9]*\.journal\.damaged$/

/**
 * Copies everything after the readable part of the journals to a file beside them, durably, since a flipped bit in the last commit
 * looks like a half-written commit. Gives the path of the file.
 */
export async function keepTornTail(
  directory: string,
  { journal, end: begin }: { readonly journal: number; readonly end: number },
): Promise<string> {
  const number = (await tornTails(directory)).length + 1
  const path = await freePath(`${journalPath(directory, journal)}.torn-`, number)
  const handle = await open(path, 'wx', FILE_MODE)
  try {
    let end = 0
    for (const later of (await journals(directory)).filter(other => other >= journal)) {
      const start = later === journal ? begin : 0
      for await (const chunk of createReadStream(journalPath(directory, later), { ...chunked, start })) {
        await writeWhole(handle, chunk, end)
        end += chunk.length
      }
    }
    await syncFile(handle)
    await syncDirectory(directory)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return path
}

async function freePath(prefix: string, number: number): Promise<string> {
  const taken = await stat(prefix + number).catch(() => undefined)
  return taken ? freePath(prefix, number + 1) : prefix + number
}

/** The paths of the torn tails in a directory. */
export function tornTails(directory: string): Promise<string[]> {
  return pathsIn(directory, TAIL)
}

/** The paths of the damaged journals that a repair kept in a directory. */
export function damagedJournals(directory: string): Promise<string[]> {
  return pathsIn(directory, DAMAGED)
}

async function pathsIn(directory: string, called: RegExp): Promise<string[]> {
  const names = await readdir(directory)
  return names
    .filter(name => called.test(name))
    .sort()
    .map(name => join(directory, name))
}

/** Removes torn tails and damaged journals that are more than 30 days old. */
export async function dropOldTails(directory: string): Promise<void> {
  for (const path of [...(await tornTails(directory)), ...(await damagedJournals(directory))]) {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > KEPT_MILLISECONDS) await rm(path, { force: true })
  }
}
