import { blanked, blankedPieces, withoutSecrets } from '../../../data/secret_words.ts'
import type { Attachment } from '../../../data/tables.ts'
import { keepUpload, type Upload } from '../../files/attachment.ts'
import { safeFilename } from '../../files/filename.ts'
import { keptWords, prefixed, unlessProven } from './keep_text.ts'
import type { OneMailSite } from './mail_site.ts'
import { leftOutLine } from './missing_parts.ts'
import type { Parsed } from './parser/parser_protocol.ts'
import { hasSecret } from './raw_mail.ts'
import type { Received } from './received.ts'
import { senderAddress } from './sender.ts'

/** The content of a mail, with its files in the store. */
export type Words = Pick<Received, 'subject' | 'text' | 'from' | 'attachments' | 'parsed' | 'notKept'>

/** The password or token that the session logged in with, and whether the text of the mail contains it. */
export interface LoginSecret {
  readonly secret: string | undefined
  isIn: boolean
}

/** Stores the parsed parts of a mail, large ones one after the other as they arrive. The secret of the login is masked. */
export async function keepParsed(
  { holding, config }: OneMailSite,
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
    keepUpload(
      holding,
      { ...upload, filename: filename && clean(filename) },
      config['limits.attachment'],
    ).catch(unlessProven(holding))
  const isThere = ({ content }: Upload) => content instanceof Uint8Array
  const early = await Promise.all(
    parsed.attachments.map(upload => (isThere(upload) ? keep(upload) : undefined)),
  )
  const { text, isCut } =
    typeof parsed.text === 'string'
      ? { text: { beginning: clean(parsed.text) }, isCut: false }
      : await keptWords(holding, blankedPieces(parsed.text, secret, found))
  const attachments: Attachment[] = []
  const files: string[] = []
  for (const [at, upload] of parsed.attachments.entries()) {
    const kept = isThere(upload) ? early[at] : await keep(upload)
    if (kept) attachments.push(kept)
    else files.push(safeFilename(upload.filename && clean(upload.filename)))
  }
  return {
    subject: withoutSecrets(clean(parsed.subject)),
    text,
    from: senderAddress(parsed.from),
    attachments,
    parsed: true,
    notKept: { files, endOfText: isCut, raw: false },
  }
}

/** Adds a line about the files beyond the limit of a follow-up, and attaches the mail that contains them; null if it is not kept. */
export async function withLeftOut(
  { holding }: OneMailSite,
  words: Words,
  { leftOut, subject }: Parsed,
  mail: Attachment | null,
): Promise<Words> {
  if (leftOut.count === 0) return words
  const why = hasSecret(subject) ? 'the subject contains a password' : 'there is not enough space'
  const line = leftOutLine(leftOut, mail?.filename, why)
  const text = await prefixed(holding, `${line}\n\n`, words.text)
  return { ...words, text, attachments: [...words.attachments, ...(mail ? [mail] : [])] }
}
