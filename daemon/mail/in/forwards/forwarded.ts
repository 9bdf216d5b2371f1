import { VISIBLE } from '../../../../data/invisible.ts'
import type { Pieces } from '../../../../data/store.ts'
import type { Attachment } from '../../../../data/tables.ts'
import type { KeptText } from '../../../../handlers/params/kept_text.ts'
import { piecesOf } from '../../../files/pieces.ts'
import { newWords } from '../content/answer/new_words.ts'
import { type Incoming, sourceOf } from '../incoming.ts'
import type { OneMailSite } from '../mail_site.ts'
import { keptWords } from '../received/keep_text.ts'
import type { NotKept } from '../received/missing_parts.ts'
import { type AttachedWords, readAttached } from '../received/read_attached.ts'
import type { Received } from '../received/received.ts'
import { isAttachedMail, type OriginalSender } from './agents_forward.ts'

/** What the agent who forwards a mail adds to it, for staff alone. */
export interface ForwardersNote {
  readonly text: KeptText | undefined
  readonly attachments: readonly Attachment[]
}

/** A forwarded mail as the one that its ticket shows. */
export interface ForwardedMail {
  readonly shown: Received
  readonly note: ForwardersNote
  /** The one attached mail, whose text is shown instead. */
  readonly original: Attachment | undefined
}

const SEPARATOR = Buffer.from('\n\n')
const TOO_LARGE = { beginning: '(There was no room for the forwarded mail.)' }

const BESIDE = { beginning: '(Attached beside the forwarded mail.)' }
/** Of more attached mails, the first are shown. */
const MOST_SHOWN = 10

/**
 * What the original sender wrote, in the place of the mail that forwards it. Attached mails are shown one after the other with their files;
 * if there are several, they themselves go to staff alone, as does what is attached beside them. Files beside a mail that stands in the
 * text are the original sender's. The words of the agent are for staff alone, whatever is missing. Throws as `readMail` does.
 */
export async function forwardedMail(
  site: OneMailSite,
  incoming: Incoming,
  mail: Received,
  { words }: OriginalSender,
): Promise<ForwardedMail> {
  const inline = mail.forward?.inline
  const text = noteOf(words)
  if (inline)
    return { shown: { ...mail, text: inline.text }, note: { text, attachments: [] }, original: undefined }
  const mails = mail.attachments.filter(isAttachedMail)
  const more = mails.length > 1 ? mails : []
  const beside = [...more, ...mail.attachments.filter(one => !isAttachedMail(one))]
  const read: AttachedWords[] = []
  for (const file of mails.slice(0, MOST_SHOWN))
    read.push(await readAttached(site, file, sourceOf(incoming), incoming.secrets))
  return {
    shown: await together(site, mail, read),
    note: { text: text ?? (beside.length > 0 ? BESIDE : undefined), attachments: beside },
    original: mails[0],
  }
}

/** The mail with what the attached mails say. */
async function together(
  site: OneMailSite,
  mail: Received,
  read: readonly AttachedWords[],
): Promise<Received> {
  const [first] = read
  if (!first) return { ...mail, text: TOO_LARGE, attachments: [] }
  const text = read.length === 1 ? first.text : (await keptWords(site.holding, allTexts(site, read))).text
  return {
    ...mail,
    text,
    attachments: read.flatMap(({ attachments }) => attachments),
    lines: [...mail.lines, ...read.flatMap(({ lines }) => lines)],
    notKept: read.map(({ notKept }) => notKept).reduce(both, mail.notKept),
  }
}

async function* allTexts({ store }: OneMailSite, read: readonly AttachedWords[]): Pieces {
  for (const [at, { text }] of read.entries()) {
    if (at > 0) yield SEPARATOR
    const beginning = Buffer.from(text.beginning)
    if (text.file === undefined) yield beginning
    else yield* piecesOf(store.files, text.file, beginning)
  }
}

function both(one: NotKept, other: NotKept): NotKept {
  return {
    files: [...one.files, ...other.files],
    tooLarge: [...one.tooLarge, ...other.tooLarge],
    endOfText: one.endOfText || other.endOfText,
    raw: one.raw || other.raw,
  }
}

/** The words of the agent, without a signature; undefined if there are none. */
function noteOf(words: string): KeptText | undefined {
  const { text, isNew } = newWords(words)
  return isNew && VISIBLE.test(text) ? { beginning: text.trim() } : undefined
}
