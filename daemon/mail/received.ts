import { maybeAddress } from '../../data/address.ts'
import { Failure } from '../../data/failure.ts'
import { sha256 } from '../../data/secret.ts'
import type { Attachment, FileName } from '../../data/tables.ts'
import { withoutSecrets } from '../../handlers/command.ts'
import { plainText } from '../../handlers/text.ts'
import { keepUpload } from '../attachment.ts'
import { firstOf, type Headers } from './headers.ts'
import type { Site } from './site.ts'

/** Longer than any that a mail program makes; what is behind it is not a Message-ID. */
const LONGEST_MESSAGE_ID = 995

/** One mail as it came in, read and with its bytes in the store's files, but not yet named by any record. */
export interface Received {
  readonly headers: Headers
  /** Without the value of any password in it. */
  readonly subject: string
  readonly text: string
  /** The address of From, null where there is none that can be read. */
  readonly from: string | null
  readonly messageId: string | null
  readonly attachments: readonly Attachment[]
  /** The mail as it came; null where that would keep a password, or was not kept. */
  readonly raw: FileName | null
  /** Why it was not kept: there is no room. */
  readonly unkept: Failure | undefined
  /** False for a mail that could not be taken apart: it comes as its own attachment. */
  readonly parsed: boolean
  /** The same for the same mail again, whatever way it came (RFC 1047: a sender who missed our answer repeats it). */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly marked: boolean
}

/**
 * Reads a mail: parsed elsewhere while its bytes are written. Throws Failure `full` when its files do not fit on the disk, `too_large`
 * when an attachment has more bytes than it may. That the mail itself does not fit is told in `unkept`: what it asks for may need no room.
 */
export async function readMail(
  { store: { files }, parser, config }: Site,
  raw: Buffer,
  headers: Headers,
): Promise<Received> {
  const most = config['limits.attachment']
  const secret = hasSecret(firstOf(headers, 'subject') ?? '')
  const [put, parsed] = await Promise.all([
    secret ? null : files.put(raw).catch(noRoomFor),
    parser.parse(raw),
  ])
  const rawFile = put instanceof Failure ? null : put
  const messageId = messageIdOf(headers)
  const identity = ['message-id', 'from', 'date', 'subject'].map(name => firstOf(headers, name) ?? '')
  const known = {
    headers,
    messageId,
    raw: parsed && hasSecret(parsed.subject) ? null : rawFile,
    unkept: put instanceof Failure ? put : undefined,
    marked: ['message-id', 'date'].some(name => firstOf(headers, name) !== undefined),
    fingerprint: sha256(identity.join('\0'), raw.subarray(headers.bodyStart)),
  }
  if (!parsed) return { ...known, ...unparsed(headers, rawFile ?? (await files.put(raw)), raw.length) }
  const attachments = await Promise.all(parsed.attachments.map(upload => keepUpload(files, upload, most)))
  return {
    ...known,
    subject: withoutSecrets(parsed.subject),
    text: plainText(parsed.text).trim(),
    from: readable(parsed.from),
    attachments,
    parsed: true,
  }
}

function noRoomFor(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'full') return error
  throw error
}

/** Whether more is in it than its subject. A signature is no more (RFC 3676 4.3). */
export function saysMore({ text, attachments }: Received): boolean {
  return attachments.length > 0 || text.split(/^-- ?$/m, 1)[0]!.trim() !== ''
}

function hasSecret(subject: string): boolean {
  return withoutSecrets(subject) !== subject
}

function unparsed(headers: Headers, file: FileName, size: number) {
  return {
    subject: withoutSecrets(Buffer.from(firstOf(headers, 'subject') ?? '', 'latin1').toString()),
    text: 'This mail could not be taken apart; it is attached as it came.',
    from: readable(
      /<([^<>]+)>/.exec(firstOf(headers, 'from') ?? '')?.[1] ?? firstOf(headers, 'from') ?? null,
    ),
    attachments: [{ file, filename: 'mail.eml', mime_type: 'message/rfc822', size }],
    parsed: false,
  }
}

function readable(from: string | null): string | null {
  return (from !== null && maybeAddress(from)) || null
}

function messageIdOf(headers: Headers): string | null {
  const value = firstOf(headers, 'message-id') ?? ''
  return value.length <= LONGEST_MESSAGE_ID && /^<[!-;=?-~]+@[!-;=?-~]+>$/.test(value) ? value : null
}
