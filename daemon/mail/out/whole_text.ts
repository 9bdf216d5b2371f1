import { Readable } from 'node:stream'
import type { Attachment } from 'nodemailer'
import type { Files, Pieces } from '../../../data/store.ts'
import type { Followup } from '../../../data/tables.ts'
import type { Events } from '../../log/events.ts'
import { UNREADABLE, WHOLE_NAME } from './letters/english.ts'

/** The file of a letter that has the whole of what it quotes the beginning of. It is read when it is sent, and never is in memory. */
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

/** What can be read of a text; the letter goes also without the rest, and says so. */
async function* readable(files: Files, name: string, events: Events): Pieces {
  try {
    const stream = await files.stream(name)
    if (stream) return yield* stream
  } catch (error) {
    events.outboxStuck(error)
  }
  yield Buffer.from(UNREADABLE)
}
