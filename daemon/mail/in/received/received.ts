// One thing: a mail as the steps after the parser see it, from its bytes to its files in the store.
import { beginningOf } from '../../../../data/beginning.ts'
import { onDisk } from '../../../../data/blocks.ts'
import type { Failure } from '../../../../data/failure.ts'
import { VISIBLE } from '../../../../data/invisible.ts'
import { withoutSecrets } from '../../../../data/secret_words.ts'
import type { Attachment, FileName } from '../../../../data/tables.ts'
import type { KeptText } from '../../../../handlers/params/kept_text.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import { type NewWords, newWords } from '../content/answer/new_words.ts'
import type { RecipientStatus } from '../content/delivery_status.ts'
import type { Forward } from '../content/forward/forward.ts'
import { type From, fromField } from '../content/sender/from_field.ts'
import { firstOf, type Headers, messageIdOf, valuesOf } from '../headers.ts'
import type { OneMailSite } from '../mail_site.ts'
import type { Parsed } from '../parser/parser_protocol.ts'
import { keepParsed, type MailSecrets, type Words } from './keep_parts.ts'
import { faultsLine, leftOutLine, type NotKept } from './missing_parts.ts'
import { attachedMail, hasSecret, type KeptRaw, keepRaw, NO_RAW, type RawMail } from './raw_mail.ts'

/** In bytes; a longer subject is cut in records. */
const LONGEST_SUBJECT = 1000
const NOBODY: From = { address: null, name: '', written: '' }
const UNREAD = 'This mail could not be read; the original is attached.'
/** The most space that all files of a mail, with the mail itself, can take: three times its size, and one block for each file. */
const FACTOR = 3
const MOST_BLOCKS = 102 * onDisk(0)

/** What a mail forwards. */
export interface ReceivedForward extends Omit<Forward, 'inline'> {
  /** What stands above the forwarded mail in its text, and what that says; undefined if mails are attached. */
  readonly inline?: { readonly words: string; readonly text: KeptText }
}

/** A received mail, parsed and stored in files that no record names yet. */
export interface Received {
  readonly headers: Headers
  /** Secrets are masked. */
  readonly subject: string
  /** Whether its charset was guessed; then it is never a command. */
  readonly isSubjectGuess: boolean
  /** The whole text, and its size in bytes. */
  readonly text: KeptText
  readonly textSize: number
  /** The text without quoted history and signature, if that is not the whole text. */
  readonly newText: KeptText | undefined
  /** Whether there is more in the text than quoted history and a signature. */
  readonly isNew: boolean
  /** The new words of the text, whether or not the mail may be an answer; of a long text, those of its beginning. */
  readonly newWords: NewWords
  readonly forward: ReceivedForward | undefined
  /** The HTML that the text was made from. */
  readonly html: Attachment | null
  /** Lines for people about parts that are missing in the text or among the attachments. */
  readonly lines: readonly string[]
  /** What was guessed about it, as clauses. */
  readonly guesses: readonly string[]
  /** What its delivery reports say about each recipient. */
  readonly recipientStatuses: readonly RecipientStatus[]
  /** The Message-IDs of the mails that it may report on. */
  readonly reportedIds: readonly string[]
  /** The type of its report about abuse, such as `abuse`. */
  readonly feedbackType: string | undefined
  readonly from: From
  readonly replyTo: From
  /** The addresses in To and in Cc: at most 100 each. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly messageId: string | null
  readonly attachments: readonly Attachment[]
  /** The original mail; null if it contains a password, or is not kept. */
  readonly raw: FileName | null
  /** Why there is no disk space for the original mail. */
  readonly unkept: Failure | undefined
  /** The parts that do not fit in the share of its sender. */
  readonly notKept: NotKept
  /** False for a mail that could not be parsed: it is its own attachment. */
  readonly parsed: boolean
  /** Equal if the same mail arrives again on any path. */
  readonly fingerprint: string
  /** Whether it has a Date or a Message-ID, so that another mail with the same text has another fingerprint. */
  readonly identified: boolean
}

/**
 * Parses a mail in a child process and stores its parts. If the text contains one of the secrets, it is masked and the original is
 * not kept. Files over the limit are left out, and of an unproven mail those for which there is no room. If there is no disk space for the
 * original, `unkept` says so, since its command may need none. Throws Failure `full` if its files do not fit on the disk, NoShare if there
 * is no room for the files of a proven mail, for a broken one itself, or for a mail that cannot be parsed.
 */
export async function readMail(
  site: OneMailSite,
  mail: RawMail,
  source: string,
  secrets: readonly string[] = [],
): Promise<Received> {
  const { headers, fingerprint, identified } = mail
  const { store, parser, config } = site
  const secret = hasSecret(firstOf(headers, 'subject') ?? '')
  const login: MailSecrets = { secrets, isIn: false }
  const keep = (): Promise<KeptRaw> =>
    secret || login.isIn ? Promise.resolve(NO_RAW) : keepRaw(site.holding, mail)
  // If space is short, its attachments are stored first. If there are secrets, the parsed text must be checked for them first.
  const isEasy = secrets.length === 0 && (await site.holding.fits(FACTOR * mail.size + MOST_BLOCKS))
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
    ? withMail(parsed.kept, parsed.parsed, login, raw === null ? null : attachedMail(raw, mail))
    : unparsed(headers, attachedMail(file ?? (await mail.keep(site.holding)), mail))
  const isMissed = file === null && !secret && !login.isIn
  // A text that may miss something needs the mail beside it. A proven sender can send it again.
  if (isMissed && !unkept && parsed && parsed.parsed.faults.length > 0 && site.holding.network === undefined)
    await mail.keep(site.holding)
  return {
    headers,
    fingerprint,
    identified,
    raw,
    unkept,
    messageId: messageIdOf(headers),
    ...words,
    newWords: newWords((words.newText ?? words.text).beginning),
    notKept: { ...words.notKept, raw: isMissed && config['mail.keep_raw_days'] > 0 },
  }
}

/** Whether a mail contains more than its subject. A signature does not count (RFC 3676 4.3). */
export function saysMore({ text, attachments }: Received): boolean {
  return attachments.length > 0 || VISIBLE.test(text.beginning.split(/^-- ?$/m, 1)[0]!)
}

/** Whether a mail says nothing new. What is missing here may have been new. */
export function isNothingNew({ isNew, attachments, lines, notKept }: Received): boolean {
  const isWhole = notKept.files.length + notKept.tooLarge.length === 0 && !notKept.endOfText
  return !isNew && attachments.length === 0 && lines.length === 0 && isWhole
}

/** Attaches a mail that is malformed or has files beyond the limit of a follow-up, with lines that say so. `mail` is null if it is not kept. */
export function withMail(
  words: Words,
  { leftOut, faults, subject }: Parsed,
  { isIn }: MailSecrets,
  mail: Attachment | null,
): Words & Pick<Received, 'lines'> {
  const why = hasSecret(subject) || isIn ? 'the mail contains a password' : 'there is not enough space'
  const lines = [
    ...(faults.length > 0 ? [faultsLine(faults, mail?.filename, why)] : []),
    ...(leftOut.count > 0 ? [leftOutLine(leftOut, mail?.filename, why)] : []),
  ]
  const attachments = lines.length > 0 && mail ? [...words.attachments, mail] : words.attachments
  return { ...words, attachments, lines }
}

function unparsed(headers: Headers, mail: Attachment): Words & Pick<Received, 'lines'> {
  return {
    subject: withoutSecrets(Buffer.from(firstOf(headers, 'subject') ?? '', 'latin1').toString()),
    isSubjectGuess: false,
    text: { beginning: UNREAD },
    textSize: UNREAD.length,
    newText: undefined,
    isNew: true,
    forward: undefined,
    html: null,
    lines: [],
    guesses: [],
    recipientStatuses: [],
    reportedIds: [],
    feedbackType: undefined,
    from: fromField(valuesOf(headers, 'from'), []),
    replyTo: NOBODY,
    to: [],
    cc: [],
    attachments: [mail],
    parsed: false,
    notKept: { files: [], tooLarge: [], endOfText: false, raw: false },
  }
}

/** The subject for a record: on one line, and cut to 1,000 bytes. */
export function recordedSubject({ subject }: Received): string {
  return beginningOf(oneLine(subject), LONGEST_SUBJECT)
}
