import { INVISIBLE, VISIBLE } from '../../../../data/invisible.ts'
import type { Received } from '../received/received.ts'

/** In characters; a longer line is cut, and is no yes. */
const LONGEST_LINE = 200

/** The first line that the writer of an answer has added; empty if there is none. A quote above it does not count. */
export function firstNewLine({ newText, text, isNew }: Pick<Received, 'newText' | 'text' | 'isNew'>): string {
  if (!isNew) return ''
  const lines = (newText ?? text).beginning.split('\n')
  const line = lines.find(one => VISIBLE.test(one) && !one.startsWith('>')) ?? ''
  const shown = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line
  return shown.replace(INVISIBLE, ' ').trim()
}
