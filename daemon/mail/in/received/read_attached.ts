import type { Attachment } from '../../../../data/tables.ts'
import { piecesOf } from '../../../files/pieces.ts'
import type { OneMailSite } from '../mail_site.ts'
import type { RawBytes } from '../parser/parser_protocol.ts'
import { keepParsed, type MailSecrets } from './keep_parts.ts'
import { type Received, withMail } from './received.ts'

/** In bytes; the parser gets a larger mail in pieces. */
const LARGEST_AT_ONCE = 256 * 1024
const UNREAD = 'The forwarded mail could not be read; it is attached.'
const NOTHING = new Uint8Array()

/** What an attached mail says. */
export type AttachedWords = Pick<Received, 'text' | 'attachments' | 'lines' | 'notKept'>

/**
 * Reads a mail that is attached to another one, under the same limits, and stores its files. One that cannot be read is its own file.
 * Throws as `readMail` does.
 */
export async function readAttached(
  site: OneMailSite,
  file: Attachment,
  source: string,
  secrets: readonly string[] = [],
): Promise<AttachedWords> {
  const login: MailSecrets = { secrets, isIn: false }
  const read = await site.parser.parse(await bytesOf(site, file), source, async parsed =>
    withMail(await keepParsed(site, parsed, login), parsed, login, file),
  )
  if (read) return read
  const notKept = { files: [], tooLarge: [], endOfText: false, raw: false }
  return { text: { beginning: UNREAD }, attachments: [file], lines: [], notKept }
}

async function bytesOf({ store }: OneMailSite, { file, size }: Attachment): Promise<RawBytes> {
  const pieces = () => piecesOf(store.files, file, NOTHING)
  if (size > LARGEST_AT_ONCE) return pieces
  const all: Uint8Array[] = []
  for await (const piece of pieces()) all.push(piece)
  return Buffer.concat(all)
}
