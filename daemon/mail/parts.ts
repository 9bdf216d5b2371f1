import { maybeAddress } from '../../data/address.ts'
import type { Attachment } from '../../data/tables.ts'
import { withoutSecrets } from '../../handlers/command.ts'
import { keepUpload, type Upload } from '../attachment.ts'
import { safeFilename } from '../filename.ts'
import { keptWords, prefixed, unlessProven } from './kept_words.ts'
import { leftOutLine } from './left_out.ts'
import type { Parsed } from './parser_talk.ts'
import { hasSecret } from './raw_mail.ts'
import type { Received } from './received.ts'
import type { MailSite } from './site.ts'

/** What a mail says, with its files in the store's. */
export type Words = Pick<Received, 'subject' | 'text' | 'from' | 'attachments' | 'parsed' | 'notKept'>

/** What is large goes into the store's files as it comes, one after the other. */
export async function keepParsed({ holding, config }: MailSite, parsed: Parsed): Promise<Words> {
  const keep = (upload: Upload) =>
    keepUpload(holding, upload, config['limits.attachment']).catch(unlessProven(holding))
  const isThere = ({ content }: Upload) => content instanceof Uint8Array
  const early = await Promise.all(
    parsed.attachments.map(upload => (isThere(upload) ? keep(upload) : undefined)),
  )
  const { text, isCut } =
    typeof parsed.text === 'string'
      ? { text: { beginning: parsed.text }, isCut: false }
      : await keptWords(holding, parsed.text)
  const attachments: Attachment[] = []
  const files: string[] = []
  for (const [at, upload] of parsed.attachments.entries()) {
    const kept = isThere(upload) ? early[at] : await keep(upload)
    if (kept) attachments.push(kept)
    else files.push(safeFilename(upload.filename))
  }
  return {
    subject: withoutSecrets(parsed.subject),
    text,
    from: readableAddress(parsed.from),
    attachments,
    parsed: true,
    notKept: { files, endOfText: isCut, raw: false },
  }
}

/** Of a mail with more files than a follow-up takes the last is the mail itself, which has them all; null where it must not be kept. */
export async function withLeftOut(
  { holding }: MailSite,
  words: Words,
  { leftOut, subject }: Parsed,
  mail: Attachment | null,
): Promise<Words> {
  if (leftOut.count === 0) return words
  const why = hasSecret(subject) ? 'its subject holds a password' : 'there is too little room'
  const line = leftOutLine(leftOut, mail?.filename, why)
  const text = await prefixed(holding, `${line}\n\n`, words.text)
  return { ...words, text, attachments: [...words.attachments, ...(mail ? [mail] : [])] }
}

/** An address that can be written to; null for any other text. */
export function readableAddress(from: string | null): string | null {
  return (from !== null && maybeAddress(from)) || null
}
