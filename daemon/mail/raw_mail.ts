import { createHash } from 'node:crypto'
import { ahead } from '../../data/ahead.ts'
import { Failure } from '../../data/failure.ts'
import type { Files, Pieces } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'
import { withoutSecrets } from '../../handlers/command.ts'
import type { Holding } from '../holding.ts'
import { piecesOf } from '../pieces.ts'
import { firstOf, type Headers, LONGEST_BLOCK, readHeaders } from './headers.ts'
import type { RawBytes } from './parser_talk.ts'

const NOTHING = new Uint8Array()

/** One mail as it came: in memory, or where it is large in a file, which no record names yet. */
export interface RawMail {
  readonly headers: Headers
  readonly size: number
  /** The same for the same mail again, whatever way it came (RFC 1047: a sender who missed our answer repeats it). */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly marked: boolean
  /** Its bytes, for the parser. */
  bytes(files: Files): RawBytes
  /** Gives it a place in the store's files. Throws NoShare, and Failure `full` where the disk has no room. */
  keep(holding: Holding): Promise<FileName>
}

/**
 * Reads a mail, and tells of its headers once they are there. One that is longer than the header block that we look at is large: it goes to a file as it comes. Throws Failure `full`
 * when it does not fit on the disk, `too_large` for a large one with a password in its subject, which no file may hold.
 */
export async function readRaw(
  holding: Holding,
  pieces: Pieces,
  notice: (headers: Headers) => void = () => {},
): Promise<RawMail> {
  const { head, whole } = await ahead(pieces, LONGEST_BLOCK)
  const begin = Buffer.from(head.buffer, head.byteOffset, head.length)
  const headers = readHeaders(begin)
  notice(headers)
  const print = fingerprinting(headers)
  const marked = ['message-id', 'date'].some(name => firstOf(headers, name) !== undefined)
  if (!whole) {
    print.add(begin)
    const of = { bytes: () => begin, keep: (to: Holding) => to.putRaw(begin) }
    return { headers, marked, size: begin.length, fingerprint: print.whole(), ...of }
  }
  if (hasSecret(firstOf(headers, 'subject') ?? ''))
    throw new Failure(
      'too_large',
      `A mail with a password in its subject may have at most ${LONGEST_BLOCK} bytes; send it without.`,
    )
  const file = await holding.spool(noticed(whole, print.add))
  const keep = async (to: Holding) => {
    await to.reserveRaw(print.size())
    return file
  }
  const bytes = (from: Files) => () => piecesOf(from, file, NOTHING)
  return { headers, marked, size: print.size(), fingerprint: print.whole(), bytes, keep }
}

/** Whether a subject holds what must not be kept. */
export function hasSecret(subject: string): boolean {
  return withoutSecrets(subject) !== subject
}

/** Of what says which mail it is, and of its body. */
function fingerprinting(headers: Headers) {
  const identity = ['message-id', 'from', 'date', 'subject'].map(name => firstOf(headers, name) ?? '')
  const hash = createHash('sha256').update(identity.join('\0'))
  let size = 0
  return {
    add: (piece: Uint8Array) => {
      hash.update(piece.subarray(Math.max(0, headers.bodyStart - size)))
      size += piece.length
    },
    size: () => size,
    whole: () => hash.digest('hex'),
  }
}

async function* noticed(pieces: Pieces, notice: (piece: Uint8Array) => void): Pieces {
  for await (const piece of pieces) {
    notice(piece)
    yield piece
  }
}
