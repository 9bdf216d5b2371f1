import { beginningOf } from '../../../data/beginning.ts'
import { onDisk } from '../../../data/blocks.ts'
import { Failure } from '../../../data/failure.ts'
import { VISIBLE } from '../../../data/invisible.ts'
import { withoutSecrets } from '../../../data/secret_words.ts'
import type { Attachment, FileName } from '../../../data/tables.ts'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import { NoShare } from '../../files/shares.ts'
import { firstOf, type Headers, messageIdOf } from './headers.ts'
import { keepParsed, type LoginSecret, type Words, withLeftOut } from './keep_parts.ts'
import type { OneMailSite } from './mail_site.ts'
import type { NotKept } from './missing_parts.ts'
import { hasSecret, type RawMail } from './raw_mail.ts'
import { senderOfUnparsed } from './sender.ts'

/** Of a subject in a record, in bytes. */
const LONGEST_SUBJECT = 1000
/** What all files of a mail may take, itself among them: so many times its bytes, and a block for each file. */
const FACTOR = 3
const MOST_BLOCKS = 102 * onDisk(0)

/** One mail as it came in, read and with its bytes in the store's files, but not yet named by any record. */
export interface Received {
  readonly headers: Headers
  /** Without its secrets. */
  readonly subject: string
  readonly text: KeptText
  /** The address of From, null where there is none that can be read. */
  readonly from: string | null
  readonly messageId: string | null
  readonly attachments: readonly Attachment[]
  /** The mail as it came; null where it holds a password, or is not kept. */
  readonly raw: FileName | null
  /** Why the disk has no room for it. */
  readonly unkept: Failure | undefined
  /** The parts that find no room in the share of its sender. */
  readonly notKept: NotKept
  /** False for a mail that could not be taken apart: it comes as its own attachment. */
  readonly parsed: boolean
  /** The same for the same mail again, whatever way it came. */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same words has another fingerprint. */
  readonly identified: boolean
}

/**
 * Reads a mail of a source: a child process parses it while its bytes are written. What its session logged in with is blanked in its words,
 * and then the mail as it came is not kept. Throws Failure `full` when its files do not fit on the disk, `too_large` for an attachment that
 * is larger than it may be, and NoShare where a proven mail finds no room for its files, or a mail that
 * cannot be parsed finds none for itself. An unproven mail loses the files that find no room. `unkept` says that the disk has no room for the mail itself: what it asks for may need none.
 */
export async function readMail(
  site: OneMailSite,
  mail: RawMail,
  source: string,
  loggedInWith?: string,
): Promise<Received> {
  const { headers, fingerprint, identified } = mail
  const { store, parser, config } = site
  const secret = hasSecret(firstOf(headers, 'subject') ?? '')
  const login: LoginSecret = { secret: loggedInWith, isIn: false }
  const keep = (): Promise<KeptRaw> => (secret || login.isIn ? Promise.resolve(NO_RAW) : keepRaw(site, mail))
  // Where room is short its files go first; and only when it is parsed is it known whether the login is in it.
  const isEasy = loggedInWith === undefined && (await site.holding.fits(FACTOR * mail.size + MOST_BLOCKS))
  const [early, parsed] = await Promise.all([
    isEasy ? keep() : undefined,
    parser.parse(mail.bytes(store.files), source, async parsed => ({
      parsed,
      kept: await keepParsed(site, parsed, login),
    })),
  ])
  const { file, unkept } = early ?? (await keep())
  const raw = login.isIn || (parsed && hasSecret(parsed.parsed.subject)) ? null : file
  const words = parsed
    ? await withLeftOut(site, parsed.kept, parsed.parsed, raw === null ? null : attachedMail(raw, mail))
    : unparsed(headers, attachedMail(file ?? (await mail.keep(site.holding)), mail))
  const isMissed = file === null && !secret && !login.isIn && config['mail.keep_raw_days'] > 0
  return {
    headers,
    fingerprint,
    identified,
    raw,
    unkept,
    messageId: messageIdOf(headers),
    ...words,
    notKept: { ...words.notKept, raw: isMissed },
  }
}

/** The file of the mail as it came, or why the disk has no room for it. */
interface KeptRaw {
  readonly file: FileName | null
  readonly unkept: Failure | undefined
}
const NO_RAW: KeptRaw = { file: null, unkept: undefined }

async function keepRaw({ holding }: OneMailSite, mail: RawMail): Promise<KeptRaw> {
  try {
    return { file: await mail.keep(holding), unkept: undefined }
  } catch (error) {
    if (error instanceof NoShare) return NO_RAW
    if (error instanceof Failure && error.code === 'full') return { file: null, unkept: error }
    throw error
  }
}

/** Whether more is in it than its subject. A signature is no more (RFC 3676 4.3). */
export function saysMore({ text, attachments }: Received): boolean {
  return attachments.length > 0 || VISIBLE.test(text.beginning.split(/^-- ?$/m, 1)[0]!)
}

function unparsed(headers: Headers, mail: Attachment): Words {
  return {
    subject: withoutSecrets(Buffer.from(firstOf(headers, 'subject') ?? '', 'latin1').toString()),
    text: { beginning: 'This mail could not be read; the original is attached.' },
    from: senderOfUnparsed(headers),
    attachments: [mail],
    parsed: false,
    notKept: { files: [], endOfText: false, raw: false },
  }
}

function attachedMail(file: FileName, { size }: RawMail): Attachment {
  return { file, filename: 'mail.eml', mime_type: 'message/rfc822', size }
}

/** Its subject as records keep it: on one line, and of a length that fits. */
export function recordedSubject({ subject }: Received): string {
  return beginningOf(oneLine(subject), LONGEST_SUBJECT)
}
