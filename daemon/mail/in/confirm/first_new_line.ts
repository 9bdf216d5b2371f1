import { INVISIBLE, VISIBLE } from '../../../../data/invisible.ts'
import type { Received } from '../received/received.ts'

/** In characters; the rest of a longer line is not looked at. */
const LONGEST_LINE = 200

/** The first line that the writer of an answer has added; empty if there is none. A quote above it does not count. */
export function firstNewLine({ newText, text, isNew }: Pick<Received, 'newText' | 'text' | 'isNew'>): string {
  if (!isNew) return ''
  const lines = (newText ?? text).beginning.split('\n')
  const line = lines.find(one => VISIBLE.test(one) && !one.startsWith('>')) ?? ''
  return line.slice(0, LONGEST_LINE).replace(INVISIBLE, ' ').trim()
}
