import { createHash } from 'node:crypto'
import { ahead } from '../../../../data/ahead.ts'
import { Failure } from '../../../../data/failure.ts'
import { secretStart, starredPieces, withoutSecrets } from '../../../../data/secret_words.ts'
import type { Files, Pieces } from '../../../../data/store.ts'
import type { Attachment, FileName } from '../../../../data/tables.ts'
import { likeTokensIn } from '../../../../data/token.ts'
import type { Holding } from '../../../files/holding.ts'
import { piecesOf } from '../../../files/pieces.ts'
import { NoShare } from '../../../files/shares.ts'
import { LONGEST_HEADER_BLOCK } from '../header_end.ts'
import { firstOf, type Headers, readHeaders } from '../headers.ts'
import type { RawBytes } from '../parser/parser_protocol.ts'

const NOTHING = new Uint8Array()
const SPACE = 0x20
const ASTERISK = 0x2a

/** One original mail: in memory or, if it is large, in a file that no record names yet. */
export interface RawMail {
  readonly headers: Headers
  readonly size: number
  /** Equal if the same mail arrives again on any path (RFC 1047: a client that missed our reply sends it again). */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same text has another fingerprint. */
  readonly identified: boolean
  /** Its bytes, for the parser. */
  bytes(files: Files): RawBytes
  /** Stores it as a file. Throws NoShare, and Failure `full` if there is no disk space. */
  keep(holding: Holding): Promise<FileName>
}

/**
 * Reads a mail, and passes its headers to `notice` as soon as they are complete. A large mail (over 256 KiB) is written to a file as it
 * arrives. Secrets in the subject, the given secrets, and tokens in addresses of the header are masked in every file. Throws Failure
 * `full` if there is no disk space.
 */
export async function readRaw(
  holding: Holding,
  pieces: Pieces,
  notice: (headers: Headers) => void = () => {},
  secrets: readonly string[] = [],
): Promise<RawMail> {
  const { head, whole } = await ahead(starredPieces(pieces, secrets), LONGEST_HEADER_BLOCK)
  const given = Buffer.from(head.buffer, head.byteOffset, head.length)
  const asGiven = readHeaders(given)
  const begin = withoutHeaderTokens(given, asGiven)
  const headers = begin === given ? asGiven : readHeaders(begin)
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

/** The file of the original mail, or why there is no disk space for it. */
export interface KeptRaw {
  readonly file: FileName | null
  readonly unkept: Failure | undefined
}
export const NO_RAW: KeptRaw = { file: null, unkept: undefined }

/** Keeps a mail if there is room for it. */
export async function keepRaw(holding: Holding, mail: RawMail): Promise<KeptRaw> {
  try {
    return { file: await mail.keep(holding), unkept: undefined }
  } catch (error) {
    if (error instanceof NoShare) return NO_RAW
    if (error instanceof Failure && error.code === 'full') return { file: null, unkept: error }
    throw error
  }
}

/** A mail as a file of its ticket. */
export function attachedMail(file: FileName, { size }: RawMail): Attachment {
  return { file, filename: 'mail.eml', mime_type: 'message/rfc822', size }
}

/** Whether a subject contains a password or token. */
export function hasSecret(subject: string): boolean {
  return withoutSecrets(subject) !== subject
}

/** The fields that contain the subject; the second one is Outlook's. */
const SUBJECTS = /^(?:subject|thread-topic):[^\n]*(?:\n[ \t][^\n]*)*/gim

/**
 * The beginning of a mail with asterisks in place of tokens in its header, since they are parts of addresses. Those in the subject stay,
 * which has a rule of its own.
 */
function withoutHeaderTokens(begin: Buffer, { block }: Headers): Buffer {
  const tokens = likeTokensIn(block.replace(SUBJECTS, field => ' '.repeat(field.length)))
  if (tokens.length === 0) return begin
  const bytes = Buffer.from(begin)
  for (const { start, end } of tokens) bytes.fill(ASTERISK, start, end)
  return bytes
}

/** The beginning of a mail, with the secret in its subject replaced by asterisks; length and folding stay the same. */
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
    // The first pieces are the beginning again.
    yield size < head.length ? head.subarray(size, size + piece.length) : piece
    size += piece.length
  }
}

/** Hashes the fields that identify a mail, and its body. */
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
