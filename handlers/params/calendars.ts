// One thing: the two parameters in which a calendar can come, as text and as files.
import { Failure, shown } from '../../data/failure.ts'
import { MIB } from '../../data/sizes.ts'
import type { Files } from '../../data/store.ts'
import type { Attachment, FileName } from '../../data/tables.ts'
import { isCalendar } from '../exclusions/icalendar/calendar_event.ts'
import { type CalendarFile, readCalendar } from '../exclusions/icalendar/calendar_file.ts'
import type { Kind } from '../method.ts'
import type { TypedValue } from '../value.ts'
import { attachments } from './files.ts'
import type { KeptText } from './kept_text.ts'
import { kind } from './kind.ts'

/** In bytes of UTF-8. */
const LONGEST = MIB
const decoder = new TextDecoder()

/**
 * The text of an iCalendar file of at most 1 MiB; `run` gets what it says, or undefined for any other text: the text of a mail is about the
 * file beside it. Throws Failure `too_large`, and what `readCalendar` throws.
 */
export function calendarText(about: string): Kind<CalendarFile | undefined> {
  const texts = kind({
    about,
    rule: 'the text of an iCalendar file of at most 1 MiB',
    words: true,
    parse: text => read(text),
    keep: async given => read(typeof given === 'string' ? given : decoder.decode(within(given))),
  })
  return {
    ...texts,
    read: async (value, files) => {
      if (!isKept(value)) return texts.accept(value)
      return read(value.file === undefined ? value.beginning : await textOf(files, value.file, 'this text'))
    },
  }
}

/** Files; `run` gets what each iCalendar file among them says. Throws as `calendarText` does. */
export function calendarFiles(about: string): Kind<readonly CalendarFile[]> {
  return {
    ...(attachments(about) as Kind<unknown> as Kind<readonly CalendarFile[]>),
    read: async (value, files) => {
      const found: CalendarFile[] = []
      for (const { file, filename } of value as readonly Attachment[]) {
        const calendar = read(await textOf(files, file, shown(filename)))
        if (calendar) found.push(calendar)
      }
      return found
    },
  }
}

function read(text: string): CalendarFile | undefined {
  return isCalendar(text) ? readCalendar(text) : undefined
}

/** The text of a file, in UTF-8 or else windows-1252. Only the beginning of a file that is no calendar. */
async function textOf(files: Files, name: FileName, told: string): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  const stream = await files.stream(name)
  try {
    for await (const piece of stream ?? []) {
      pieces.push(piece)
      size += piece.length
      if (pieces.length === 1 && !isCalendar(decoder.decode(piece))) return ''
      if (size > LONGEST) throw tooLarge(told)
    }
  } finally {
    stream?.destroy()
  }
  const bytes = joined(pieces, size)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function within(bytes: Uint8Array): Uint8Array {
  if (bytes.length > LONGEST) throw tooLarge('this text')
  return bytes
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function tooLarge(told: string): Failure {
  return new Failure('too_large', `${told} is larger than ${LONGEST} bytes; import a part of it.`)
}

function isKept(value: TypedValue): value is KeptText {
  return typeof value === 'object' && 'beginning' in value
}
