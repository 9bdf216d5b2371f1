import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FILE_MODE, syncDirectory, writeWhole } from '../disk.ts'
import { lineOf } from './line.ts'
import { FORMAT } from './state.ts'

export interface JournalFile {
  readonly handle: FileHandle
  readonly number: number
  end: number
}

export function journalPath(directory: string, number: number): string {
  return join(directory, `helpdesk.${number}.journal`)
}

/** Makes journal `number`, with its header and its name durable. */
export async function createJournal(directory: string, number: number, store: string): Promise<JournalFile> {
  const path = journalPath(directory, number)
  const handle = await open(path, 'w', FILE_MODE)
  const header = Buffer.from(lineOf({ helpdeskd_journal: FORMAT, store, journal: number }))
  try {
    await writeWhole(handle, header, 0)
    await handle.datasync()
    await syncDirectory(dirname(path))
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
  return { handle, number, end: header.length }
}

/** Opens a journal that replay found whole, to go on at its end. */
export async function continueJournal(directory: string, number: number, end: number): Promise<JournalFile> {
  return { handle: await open(journalPath(directory, number), 'r+'), number, end }
}
