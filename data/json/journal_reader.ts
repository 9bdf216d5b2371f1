import { createReadStream } from 'node:fs'
import { Failure } from '../failure.ts'
import { chunked, wholeLines } from './chunks.ts'
import { parsedLine } from './line.ts'
import { type Entry, FORMAT } from './state.ts'

/** One line of a journal. */
export interface Line {
  readonly journal: number
  readonly offset: number
  readonly bytes: number
  /** What it says; undefined where it is not as it was written. */
  readonly entry: Entry | undefined
}
interface Header {
  readonly helpdeskd_journal: number
  readonly store: string
}

/** Reads a journal line by line. Throws Failure `invalid` for one that another version or another store wrote. */
export async function* readJournal(path: string, journal: number, store: string): AsyncGenerator<Line> {
  let offset = 0
  for await (const run of wholeLines(createReadStream(path, chunked))) {
    for (let at = 0; at < run.length; ) {
      const { value, bytes } = lineAt(run, at)
      if (offset === 0) checkHeader(path, value, store)
      // A header stands for no commit: as an entry of number 0 it is passed over, and unreadable it is a torn tail like any line.
      const entry = offset === 0 && value ? HEADER : (value as Entry | undefined)
      yield { journal, offset, bytes, entry }
      at += bytes
      offset += bytes
    }
  }
}

/** The name of the store that a journal belongs to; undefined where its header cannot be read. */
export async function storeOf(path: string): Promise<string | undefined> {
  for await (const run of wholeLines(createReadStream(path, chunked))) {
    return (lineAt(run, 0).value as Header | undefined)?.store
  }
  return undefined
}

const HEADER: Entry = { seq: 0, durable: 0, put: {}, delete: {}, numbers: {} }
const LINE_FEED = 10

function lineAt(run: Buffer, at: number): { value: object | undefined; bytes: number } {
  const end = run.indexOf(LINE_FEED, at)
  if (end < 0) return { value: undefined, bytes: run.length - at }
  return { value: parsedLine(run.subarray(at, end)), bytes: end + 1 - at }
}

function checkHeader(path: string, value: object | undefined, store: string): void {
  if (!value) return
  const header = value as Header
  if (header.helpdeskd_journal !== FORMAT) {
    throw new Failure(
      'invalid',
      `${path} has format ${header.helpdeskd_journal}; this version reads ${FORMAT}.`,
    )
  }
  if (header.store !== store) {
    throw new Failure('invalid', `${path} belongs to another store; move it out of the state directory.`)
  }
}
