import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FILE_MODE, syncDirectory, syncFile, writeWhole } from '../disk.ts'
import { KIB } from '../sizes.ts'
import { lineOf } from './line.ts'
import { FORMAT } from './state.ts'

const PIECE_BYTES = 256 * KIB

export interface JournalFile {
  readonly handle: FileHandle
  readonly number: number
  end: number
}
/** The first line of a journal. */
export interface Header {
  readonly helpdeskd_journal: number
  /** The id of the store that it belongs to. */
  readonly store: string
  readonly journal: number
  /** The last commit before this journal. If it is above 0, there must be a snapshot. */
  readonly seq: number
}

export function journalPath(directory: string, number: number): string {
  return join(directory, `helpdesk.${number}.journal`)
}

/** The numbers of the journals in a directory, in order. */
export async function journals(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  const numbers = names.map(name => /^helpdesk\.([1-9][0-9]*)\.journal$/.exec(name)?.[1])
  return numbers
    .filter(number => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
}

/** Creates a journal, with its header and its name durable. Throws EEXIST if it exists. */
export async function createJournal(
  directory: string,
  { journal, store, seq }: Omit<Header, 'helpdeskd_journal'>,
): Promise<JournalFile> {
  const path = journalPath(directory, journal)
  const header: Header = { helpdeskd_journal: FORMAT, store, journal, seq }
  const line = Buffer.from(lineOf(header))
  const handle = await open(path, 'wx', FILE_MODE)
  try {
    await writeWhole(handle, line, 0)
    await syncFile(handle)
    await syncDirectory(dirname(path))
    return { handle, number: journal, end: line.length }
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
}

/** Opens a journal to continue at `end`; everything after it is cut off. */
export async function continueJournal(directory: string, number: number, end: number): Promise<JournalFile> {
  const handle = await open(journalPath(directory, number), 'r+')
  try {
    if ((await handle.stat()).size > end) await handle.truncate(end)
    return { handle, number, end }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/**
 * Writes the bytes of a journal from `offset` on again in place, and syncs them: after a failed sync the page cache may have bytes
 * that the disk lacks. It takes no space.
 */
export async function rewriteJournal(directory: string, number: number, offset: number): Promise<void> {
  const handle = await open(journalPath(directory, number), 'r+')
  try {
    const piece = Buffer.alloc(PIECE_BYTES)
    for (let at = offset; ; ) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, at)
      if (bytesRead === 0) break
      await writeWhole(handle, piece.subarray(0, bytesRead), at)
      at += bytesRead
    }
    await syncFile(handle)
  } finally {
    await handle.close()
  }
}

/** Removes the journals before this one; the snapshot has their commits. */
export async function dropJournals(directory: string, before: number): Promise<void> {
  for (const number of await journals(directory)) {
    if (number < before) await rm(journalPath(directory, number))
  }
}

/** Removes the journals after this one, the last first, so that there is never a gap. */
export async function dropJournalsAfter(directory: string, last: number): Promise<void> {
  for (const number of (await journals(directory)).reverse()) {
    if (number > last) await rm(journalPath(directory, number))
  }
}
