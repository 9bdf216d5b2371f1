import { maybeAddress } from '../../data/address.ts'
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
  /** The mail as it came; null where that would keep a password. */
  readonly raw: FileName | null
  /** False for a mail that could not be taken apart: it comes as its own attachment. */
  readonly parsed: boolean
  /** The same for the same mail again, whatever way it came (RFC 1047: a sender who missed our answer repeats it). */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly marked: boolean
}

/**
 * Reads a mail: parsed elsewhere while its bytes are written. Throws Failure `full` when they do not fit on the disk, `too_large` when an
 * attachment has more bytes than it may.
 */
export async function readMail(
  { store: { files }, parser, config }: Site,
  raw: Buffer,
  headers: Headers,
): Promise<Received> {
  const most = config['limits.attachment']
  const secret = hasSecret(firstOf(headers, 'subject') ?? '')
  const [rawFile, parsed] = await Promise.all([secret ? null : files.put(raw), parser.parse(raw)])
  const messageId = messageIdOf(headers)
  const identity = ['message-id', 'from', 'date', 'subject'].map(name => firstOf(headers, name) ?? '')
  const known = {
    headers,
    messageId,
    raw: parsed && hasSecret(parsed.subject) ? null : rawFile,
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
