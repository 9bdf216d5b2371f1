import { simpleParser } from 'mailparser'

/** What this process makes of a mail. */
export interface Parsed {
  readonly subject: string
  /** The address of the first mailbox of From. */
  readonly from: string | null
  readonly text: string
  readonly attachments: readonly {
    readonly filename: string | undefined
    readonly mime_type: string
    readonly content: Buffer
  }[]
}
/** What it says: that it can begin, and what became of each mail. */
export type Told = 'ready' | { readonly parsed: Parsed | null }

const LONGEST_HTML = 1024 * 1024

/** Runs as a process of its own: what a hostile mail does to a parser, it does here. */
process.on('message', async (raw: Uint8Array) => {
  const parsed = await parse(Buffer.from(raw)).catch(() => null)
  process.send?.({ parsed } satisfies Told)
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready' satisfies Told)

async function parse(raw: Buffer): Promise<Parsed> {
  const mail = await simpleParser(raw, {
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    checksumAlgo: false,
    maxHtmlLengthToParse: LONGEST_HTML,
  })
  const attachments = mail.attachments.map(({ filename, contentType, content }) => ({
    filename,
    mime_type: contentType,
    content,
  }))
  // HTML that could not be turned into text is kept beside it: nothing of a mail is lost.
  if (mail.html && !mail.text?.trim()) {
    attachments.push({ filename: 'mail.html', mime_type: 'text/html', content: Buffer.from(mail.html) })
  }
  return {
    subject: mail.subject ?? '',
    from: mail.from?.value[0]?.address ?? null,
    text: mail.text ?? '',
    attachments,
  }
}
