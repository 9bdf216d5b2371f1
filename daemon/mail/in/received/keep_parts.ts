// One thing: the parts of a parsed mail on their way into the store, all under one check for the secrets of the mail.
import {
  blanked,
  blankedBytes,
  blankedPieces,
  starredPieces,
  withoutSecrets,
} from '../../../../data/secret_words.ts'
import type { Pieces } from '../../../../data/store.ts'
import type { Attachment } from '../../../../data/tables.ts'
import { keepUpload, type Upload } from '../../../files/attachment.ts'
import { safeFilename } from '../../../files/filename.ts'
import type { From } from '../content/sender/from_field.ts'
import type { OneMailSite } from '../mail_site.ts'
import type { ToldForward } from '../parser/parser_program.ts'
import type { Parsed, ParsedText } from '../parser/parser_protocol.ts'
import { checkedAddresses, checkedFrom } from '../sender.ts'
import { type KeptWords, keptWords, unlessProven } from './keep_text.ts'
import type { NamedFile } from './missing_parts.ts'
import type { Received, ReceivedForward } from './received.ts'

/** The content of a mail, with its files in the store. */
export type Words = Pick<
  Received,
  | 'subject'
  | 'isSubjectGuess'
  | 'text'
  | 'textSize'
  | 'newText'
  | 'isNew'
  | 'forward'
  | 'html'
  | 'from'
  | 'replyTo'
  | 'to'
  | 'cc'
  | 'attachments'
  | 'parsed'
  | 'notKept'
  | 'guesses'
  | 'recipientStatuses'
  | 'reportedIds'
  | 'feedbackType'
>

/** The password or token that the session logged in with, the tokens of its addresses, and whether the text of the mail contains one. */
export interface MailSecrets {
  readonly secrets: readonly string[]
  isIn: boolean
}

/** Stores the parsed parts of a mail, large ones one after the other as they arrive. The secrets are masked. */
export async function keepParsed(site: OneMailSite, parsed: Parsed, login: MailSecrets): Promise<Words> {
  const keeping = new Keeping(site, login)
  const early = await Promise.all(
    parsed.attachments.map(upload => (isThere(upload) ? keeping.upload(upload) : undefined)),
  )
  const { text, size, isCut } = await keeping.text(parsed.text)
  const newText = parsed.newText === undefined ? undefined : (await keeping.text(parsed.newText)).text
  const forward = parsed.forward && (await keeping.forward(parsed.forward, parsed.forwardedText))
  const html = parsed.html && (await keeping.upload(keeping.searched(parsed.html)))
  const attachments: Attachment[] = []
  for (const [at, upload] of parsed.attachments.entries()) {
    const kept = isThere(upload) ? early[at] : await keeping.upload(upload)
    if (kept) attachments.push(kept)
  }
  return {
    subject: withoutSecrets(keeping.clean(parsed.subject)),
    isSubjectGuess: parsed.isSubjectGuess,
    text,
    textSize: size,
    newText,
    isNew: parsed.isNew,
    forward,
    // The secret may stand in it in another form.
    html: login.isIn ? null : (html ?? null),
    from: checkedFrom(keeping.from(parsed.from)),
    replyTo: checkedFrom(keeping.from(parsed.replyTo)),
    to: checkedAddresses(parsed.to),
    cc: checkedAddresses(parsed.cc),
    attachments,
    parsed: true,
    notKept: { files: keeping.notKept, tooLarge: keeping.tooLarge, endOfText: isCut, raw: false },
    guesses: parsed.guesses,
    recipientStatuses: parsed.recipientStatuses.map(({ diagnostic, ...told }) => ({
      ...told,
      diagnostic: keeping.clean(diagnostic),
    })),
    reportedIds: parsed.reportedIds,
    feedbackType: parsed.feedbackType,
  }
}

function isThere({ content }: Upload): boolean {
  return content instanceof Uint8Array
}

/** Stores the parts of one mail, and notes those that are not kept. */
class Keeping {
  readonly notKept: NamedFile[] = []
  readonly tooLarge: NamedFile[] = []
  readonly #site: OneMailSite
  readonly #login: MailSecrets
  readonly #found = () => {
    this.#login.isIn = true
  }

  constructor(site: OneMailSite, login: MailSecrets) {
    this.#site = site
    this.#login = login
  }

  clean(words: string): string {
    const kept = this.#login.secrets.reduce(blanked, words)
    if (kept !== words) this.#login.isIn = true
    return kept
  }

  from({ address, name, written }: From): From {
    return { address, name: this.clean(name), written: this.clean(written) }
  }

  /** A file that is not kept if the secret is in it. */
  searched(upload: Upload): Upload {
    const { content } = upload
    const { secrets } = this.#login
    if (!(content instanceof Uint8Array))
      return { ...upload, content: starredPieces(content, secrets, this.#found) }
    if (secrets.some(secret => blankedBytes(content, secret) !== content)) this.#found()
    return upload
  }

  async text(text: ParsedText): Promise<KeptWords> {
    if (typeof text === 'string') {
      const beginning = this.clean(text)
      return { text: { beginning }, size: Buffer.byteLength(beginning), isCut: false }
    }
    const blank = (pieces: Pieces, secret: string) => blankedPieces(pieces, secret, this.#found)
    return keptWords(this.#site.holding, this.#login.secrets.reduce<Pieces>(blank, text))
  }

  async forward({ words, ...told }: ToldForward, text: ParsedText | undefined): Promise<ReceivedForward> {
    return {
      ...told,
      from: checkedFrom(this.from(told.from)),
      subject: withoutSecrets(this.clean(told.subject)),
      ...(words === undefined || text === undefined
        ? {}
        : { inline: { words: this.clean(words), text: (await this.text(text)).text } }),
    }
  }

  /** Undefined if it is too large, or if there is no room for it and the sender is unproven. */
  async upload({ filename, ...upload }: Upload): Promise<Attachment | undefined> {
    const { holding, config } = this.#site
    const name = filename && this.clean(filename)
    const named = { filename: safeFilename(name), size: upload.size }
    const most = config['limits.attachment']
    if (upload.size > most) {
      this.tooLarge.push(named)
      return undefined
    }
    const kept = await keepUpload(holding, { ...upload, filename: name }, most).catch(unlessProven(holding))
    if (!kept) this.notKept.push(named)
    return kept
  }
}
