import { createReadStream } from 'node:fs'
import { withPath } from '../disk.ts'
import { Failure } from '../failure.ts'
import { chunked, wholeLines } from './chunks.ts'
import type { Header } from './journal_file.ts'
import { parsedLine } from './line.ts'
import { type Entry, FORMAT } from './state.ts'

/** One line of a journal. */
export interface Line {
  readonly journal: number
  readonly offset: number
  readonly bytes: number
  readonly holds: Held
}
/** The content of a line; `nothing` if it is damaged. */
export type Held =
  | { readonly kind: 'header' }
  | { readonly kind: 'commit'; readonly entry: Entry }
  | { readonly kind: 'nothing' }

/** Reads a journal line by line. Throws Failure `invalid` if it has another format or belongs to another store. */
export async function* readJournal(path: string, journal: number, store: string): AsyncGenerator<Line> {
  let offset = 0
  for await (const run of runsIn(path)) {
    for (let at = 0; at < run.length; ) {
      const { value, bytes } = lineAt(run, at)
      if (offset === 0) checkHeader(path, value, store)
      yield { journal, offset, bytes, holds: held(value, offset) }
      at += bytes
      offset += bytes
    }
  }
}

/** The header of a journal; undefined if it is damaged. */
export async function readHeader(path: string): Promise<Header | undefined> {
  for await (const run of runsIn(path)) {
    return lineAt(run, 0).value as Header | undefined
  }
  return undefined
}

/** The file in runs of whole lines. */
async function* runsIn(path: string): AsyncGenerator<Buffer> {
  try {
    yield* wholeLines(createReadStream(path, chunked))
  } catch (error) {
    throw withPath(error, path)
  }
}

function held(value: object | undefined, offset: number): Held {
  if (!value) return { kind: 'nothing' }
  return offset === 0 ? { kind: 'header' } : { kind: 'commit', entry: value as Entry }
}

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
