import { maybeAddress } from '../../data/address.ts'
import { Failure } from '../../data/failure.ts'
import { blanked, blankedPieces, withoutSecrets } from '../../data/secret_words.ts'
import type { Attachment, FileName } from '../../data/tables.ts'
import { type KeptText, keepText, withPrefix } from '../../handlers/kept_text.ts'
import { keepUpload, type Upload } from '../attachment.ts'
import { firstOf, type Headers } from './headers.ts'
import { leftOutLine } from './left_out.ts'
import type { Parsed } from './parser_talk.ts'
import { hasSecret, type RawMail } from './raw_mail.ts'
import type { Site } from './site.ts'

/** Longer than any that a mail program makes; what is behind it is not a Message-ID. */
const LONGEST_MESSAGE_ID = 995

/** One mail as it came in, read and with its bytes in the store's files, but not yet named by any record. */
export interface Received {
  readonly headers: Headers
  /** Without what may be a secret in it. */
  readonly subject: string
  readonly text: KeptText
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
  /** The same for the same mail again, whatever way it came. */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly marked: boolean
}
type Words = Pick<Received, 'subject' | 'text' | 'from' | 'attachments' | 'parsed'>

/**
 * Reads a mail: parsed elsewhere while its bytes are written. Throws Failure `full` when its files do not fit on the disk, `too_large`
 * when an attachment has more bytes than it may. What its session logged in with is blanked in its words, and the mail as it came is not
 * kept then. That the mail itself does not fit is told in `unkept`: what it asks for may need no room.
 */
export async function readMail(site: Site, mail: RawMail, loggedInWith?: string): Promise<Received> {
  const { headers, fingerprint } = mail
  const { store, parser } = site
  const secret = hasSecret(firstOf(headers, 'subject') ?? '')
  const login: LoginSecret = { secret: loggedInWith, isIn: false }
  const parse = () =>
    parser.parse(mail.bytes(store.files), async parsed => ({
      parsed,
      kept: await keepParsed(site, parsed, login),
    }))
  const keep = async () => (secret || login.isIn ? null : mail.keep(store.files).catch(noRoomFor))
  // Whether the login is in the words is not known before they are read.
  const early = loggedInWith === undefined ? undefined : await parse()
  const [put, parsed] = await Promise.all([keep(), early === undefined ? parse() : early])
  const file = put instanceof Failure ? null : put
  const raw = login.isIn || (parsed && hasSecret(parsed.parsed.subject)) ? null : file
  return {
    headers,
    fingerprint,
    raw,
    unkept: put instanceof Failure ? put : undefined,
    messageId: messageIdOf(headers),
    marked: ['message-id', 'date'].some(name => firstOf(headers, name) !== undefined),
    ...(parsed
      ? await withLeftOut(site, parsed.kept, parsed.parsed, raw === null ? null : attachedMail(raw, mail))
      : unparsed(headers, attachedMail(file ?? (await mail.keep(store.files)), mail))),
  }
}

/** What the session logged in with, and whether the mail has it somewhere in its words. */
interface LoginSecret {
  readonly secret: string | undefined
  isIn: boolean
}

/** What is large goes into the store's files as it comes, one after the other. */
async function keepParsed(
  { store: { files }, config }: Site,
  parsed: Parsed,
  login: LoginSecret,
): Promise<Words> {
  const { secret } = login
  const found = () => {
    login.isIn = true
  }
  const clean = (words: string) => {
    const kept = blanked(words, secret)
    if (kept !== words) found()
    return kept
  }
  const keep = ({ filename, ...upload }: Upload) =>
    keepUpload(files, { ...upload, filename: filename && clean(filename) }, config['limits.attachment'])
  const isThere = ({ content }: Upload) => content instanceof Uint8Array
  const kept = await Promise.all(
    parsed.attachments.map(upload => (isThere(upload) ? keep(upload) : undefined)),
  )
  const text =
    typeof parsed.text === 'string'
      ? { beginning: clean(parsed.text) }
      : await keepText(files, blankedPieces(parsed.text, secret, found))
  const attachments: Attachment[] = []
  for (const [at, upload] of parsed.attachments.entries()) attachments.push(kept[at] ?? (await keep(upload)))
  return {
    subject: withoutSecrets(clean(parsed.subject)),
    text,
    from: readable(parsed.from),
    attachments,
    parsed: true,
  }
}

/** Whether more is in it than its subject. A signature is no more (RFC 3676 4.3). */
export function saysMore({ text, attachments }: Received): boolean {
  return attachments.length > 0 || text.beginning.split(/^-- ?$/m, 1)[0]!.trim() !== ''
}

function noRoomFor(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'full') return error
  throw error
}

/** Of a mail with more files than a follow-up takes the last is the mail itself, which has them all; null where it must not be kept. */
async function withLeftOut(
  { store: { files } }: Site,
  words: Words,
  { leftOut }: Parsed,
  mail: Attachment | null,
): Promise<Words> {
  if (leftOut.count === 0) return words
  const text = await withPrefix(files, `${leftOutLine(leftOut, mail?.filename)}\n\n`, words.text)
  return { ...words, text, attachments: [...words.attachments, ...(mail ? [mail] : [])] }
}

function unparsed(headers: Headers, mail: Attachment): Words {
  return {
    subject: withoutSecrets(Buffer.from(firstOf(headers, 'subject') ?? '', 'latin1').toString()),
    text: { beginning: 'This mail could not be taken apart; it is attached as it came.' },
    from: readable(
      /<([^<>]+)>/.exec(firstOf(headers, 'from') ?? '')?.[1] ?? firstOf(headers, 'from') ?? null,
    ),
    attachments: [mail],
    parsed: false,
  }
}

function attachedMail(file: FileName, { size }: RawMail): Attachment {
  return { file, filename: 'mail.eml', mime_type: 'message/rfc822', size }
}

function readable(from: string | null): string | null {
  return (from !== null && maybeAddress(from)) || null
}

function messageIdOf(headers: Headers): string | null {
  const value = firstOf(headers, 'message-id') ?? ''
  return value.length <= LONGEST_MESSAGE_ID && /^<[!-;=?-~]+@[!-;=?-~]+>$/.test(value) ? value : null
}
