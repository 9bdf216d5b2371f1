import { Readable } from 'node:stream'
import type { Attachment } from 'nodemailer'
import type { Files, Pieces } from '../../../data/store.ts'
import type { Followup, Attachment as Kept } from '../../../data/tables.ts'
import type { Events } from '../../log/events.ts'
import type { About } from './about.ts'
import { quoteOf } from './quote.ts'

/** The name of the attachment with the whole of a long text. */
export const WHOLE_NAME = 'message.txt'

/** What hangs at a letter about a ticket: the whole of a long text, and the files of its follow-up. */
export function attachmentsOfLetter(
  files: Files,
  { words, quotes, followup, along }: Pick<About, 'words' | 'quotes' | 'followup' | 'along'>,
  events: Events,
): Attachment[] {
  const unreadable = words.say('text.unreadable')
  const isCut = quotes && followup && !quoteOf(followup).isWhole
  return [
    ...(isCut ? [wholeText(files, followup, unreadable, events)] : []),
    ...along.map(file => sentFile(files, file, unreadable, events)),
  ]
}

/**
 * The attachment with the whole text, of which the letter only quotes the beginning. A long text is streamed from its file; if that cannot
 * be read, the sentence `unreadable` ends it.
 */
export function wholeText(
  files: Files,
  { comment, comment_file }: Followup,
  unreadable: string,
  events: Events,
): Attachment {
  return {
    filename: WHOLE_NAME,
    contentType: 'text/plain; charset=utf-8',
    contentTransferEncoding: 'base64',
    content:
      comment_file === undefined
        ? comment
        : Readable.from(readable(files, comment_file, unreadable, events), { objectMode: false }),
  }
}

/**
 * A file of a ticket as an attachment, streamed; if it cannot be read, the sentence `unreadable` ends it. A type that base64 is not allowed
 * for (RFC 2046 5) becomes an unknown one.
 */
export function sentFile(
  files: Files,
  { file, filename, mime_type }: Kept,
  unreadable: string,
  events: Events,
): Attachment {
  return {
    filename,
    contentType: /^(?:message|multipart)\//i.test(mime_type) ? 'application/octet-stream' : mime_type,
    contentTransferEncoding: 'base64',
    content: Readable.from(readable(files, file, unreadable, events), { objectMode: false }),
  }
}

/** The readable part of a text or a file. If the file cannot be read, the letter is still sent and says that the rest is missing. */
async function* readable(files: Files, name: string, unreadable: string, events: Events): Pieces {
  try {
    const stream = await files.stream(name)
    if (stream) return yield* stream
  } catch (error) {
    events.outboxStuck(error)
  }
  yield Buffer.from(`\n${unreadable}\n`)
}
