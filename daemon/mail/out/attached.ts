import { Readable } from 'node:stream'
import type { Attachment } from 'nodemailer'
import type { Files, Pieces } from '../../../data/store.ts'
import type { Followup, Attachment as Kept } from '../../../data/tables.ts'
import type { Events } from '../../log/events.ts'
import { type About, UNREADABLE, WHOLE_NAME } from './letters/english.ts'
import { quoteOf } from './quote.ts'

/** What hangs at a letter about a ticket: the whole of a long text, and the files of its follow-up. */
export function attachmentsOfLetter(
  files: Files,
  { quotes, followup, along }: Pick<About, 'quotes' | 'followup' | 'along'>,
  events: Events,
): Attachment[] {
  const isCut = quotes && followup && !quoteOf(followup).isWhole
  return [
    ...(isCut ? [wholeText(files, followup, events)] : []),
    ...along.map(file => sentFile(files, file, events)),
  ]
}

/** The attachment with the whole text, of which the letter only quotes the beginning. A long text is streamed from its file. */
export function wholeText(files: Files, { comment, comment_file }: Followup, events: Events): Attachment {
  return {
    filename: WHOLE_NAME,
    contentType: 'text/plain; charset=utf-8',
    contentTransferEncoding: 'base64',
    content:
      comment_file === undefined
        ? comment
        : Readable.from(readable(files, comment_file, events), { objectMode: false }),
  }
}

/** A file of a ticket as an attachment, streamed. A type that base64 is not allowed for (RFC 2046 5) becomes an unknown one. */
export function sentFile(files: Files, { file, filename, mime_type }: Kept, events: Events): Attachment {
  return {
    filename,
    contentType: /^(?:message|multipart)\//i.test(mime_type) ? 'application/octet-stream' : mime_type,
    contentTransferEncoding: 'base64',
    content: Readable.from(readable(files, file, events), { objectMode: false }),
  }
}

/** The readable part of a text or a file. If the file cannot be read, the letter is still sent and says that the rest is missing. */
async function* readable(files: Files, name: string, events: Events): Pieces {
  try {
    const stream = await files.stream(name)
    if (stream) return yield* stream
  } catch (error) {
    events.outboxStuck(error)
  }
  yield Buffer.from(UNREADABLE)
}
