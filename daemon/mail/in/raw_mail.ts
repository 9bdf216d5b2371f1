import { createHash } from 'node:crypto'
import { ahead } from '../../../data/ahead.ts'
import { secretStart, starredPieces, withoutSecrets } from '../../../data/secret_words.ts'
import type { Files, Pieces } from '../../../data/store.ts'
import type { FileName } from '../../../data/tables.ts'
import type { Holding } from '../../files/holding.ts'
import { piecesOf } from '../../files/pieces.ts'
import { firstOf, type Headers, LONGEST_HEADER_BLOCK, readHeaders } from './headers.ts'
import type { RawBytes } from './parser/parser_protocol.ts'

const NOTHING = new Uint8Array()
const SPACE = 0x20
const ASTERISK = 0x2a

/** One mail as it came: in memory, or where it is large in a file, which no record names yet. */
export interface RawMail {
  readonly headers: Headers
  readonly size: number
  /** The same for the same mail again, whatever way it came (RFC 1047: a sender who missed our answer repeats it). */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly identified: boolean
  /** Its bytes, for the parser. */
  bytes(files: Files): RawBytes
  /** Gives it a place in the store's files. Throws NoShare, and Failure `full` where the disk has no room. */
  keep(holding: Holding): Promise<FileName>
}

/**
 * Reads a mail, and gives its headers to `notice` once they are there. A mail longer than the header block that we look at is large: it
 * goes to a file as it comes. Throws Failure `full` when it does not fit on the disk. No file holds a secret that the subject names, nor
 * what the session logged in with.
 */
export async function readRaw(
  holding: Holding,
  pieces: Pieces,
  notice: (headers: Headers) => void = () => {},
  loggedInWith?: string,
): Promise<RawMail> {
  const { head, whole } = await ahead(starredPieces(pieces, loggedInWith), LONGEST_HEADER_BLOCK)
  const begin = Buffer.from(head.buffer, head.byteOffset, head.length)
  const headers = readHeaders(begin)
  notice(headers)
  const print = fingerprinting(headers)
  const identified = headers.values.has('message-id') || headers.values.has('date')
  if (!whole) {
    print.add(begin)
    const of = { bytes: () => begin, keep: (to: Holding) => to.putRaw(masked(begin, headers)) }
    return { headers, identified, size: begin.length, fingerprint: print.whole(), ...of }
  }
  const file = await holding.spool(maskedPieces(noticed(whole, print.add), begin, headers))
  const keep = async (to: Holding) => {
    await to.reserveRaw(print.size())
    return file
  }
  const bytes = (from: Files) => () => piecesOf(from, file, NOTHING)
  return { headers, identified, size: print.size(), fingerprint: print.whole(), bytes, keep }
}

/** Whether a subject holds what must not be kept. */
export function hasSecret(subject: string): boolean {
  return withoutSecrets(subject) !== subject
}

/** The fields that a subject stands in; the second is Outlook's. */
const SUBJECTS = /^(?:subject|thread-topic):[^\n]*(?:\n[ \t][^\n]*)*/gim

/** The beginning of a mail with asterisks in place of a secret in its subject, as long as before and folded alike. */
function masked(begin: Buffer, { block }: Headers): Buffer {
  let bytes = begin
  for (const { 0: field, index } of block.matchAll(SUBJECTS)) {
    const start = secretStart(field.replace(/\r?\n/g, end => ' '.repeat(end.length)).replace(/\t/g, ' '))
    if (start === undefined) continue
    if (bytes === begin) bytes = Buffer.from(begin)
    for (let at = index + start; at < index + field.length; at++) if (bytes[at]! > SPACE) bytes[at] = ASTERISK
  }
  return bytes
}

async function* maskedPieces(pieces: Pieces, begin: Buffer, headers: Headers): Pieces {
  const head = masked(begin, headers)
  let size = 0
  for await (const piece of pieces) {
    // The beginning comes again first, in the same pieces.
    yield size < head.length ? head.subarray(size, size + piece.length) : piece
    size += piece.length
  }
}

/** A hash of the fields that identify a mail, and of its body. */
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
