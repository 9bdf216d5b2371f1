import { beginningOf } from '../../../../data/beginning.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import { writtenSender } from '../content/forward/written_sender.ts'
import type { From } from '../content/sender/from_field.ts'

/** In UTF-16 code units; the line is not looked for behind that. */
const LONGEST_LOOKED_AT = 8000
const WORD = '/submitter'
const ENDS = ['', '.', '!', ':']
/** In bytes. */
const LONGEST_SHOWN = 100

/** What the line `/submitter` says. */
export interface SubmitterLine {
  /** The submitter that it names; undefined for the original sender. Without an address, the line is mistyped. */
  readonly named: From | undefined
  /** What it names, to be shown. */
  readonly words: string
  /** The text below it. */
  readonly rest: string
}

/** The line `/submitter` or `/submitter maria@customer.example`, if it is the first line of a text that is not blank. */
export function submitterLineIn(text: string): SubmitterLine | undefined {
  const beginning = text.slice(0, LONGEST_LOOKED_AT)
  const start = beginning.length - beginning.trimStart().length
  const end = beginning.indexOf('\n', start)
  const line = beginning.slice(start, end < 0 ? beginning.length : end).trim()
  if (line.slice(0, WORD.length).toLowerCase() !== WORD) return undefined
  const words = line.slice(WORD.length).replace(/^:(?=\s)/, '')
  const rest = end < 0 ? text.slice(beginning.length) : text.slice(end + 1)
  if (ENDS.includes(words)) return { named: undefined, words: '', rest }
  if (words.trimStart() === words) return undefined
  return { named: writtenSender(words), words: beginningOf(oneLine(words.trim()), LONGEST_SHOWN), rest }
}
