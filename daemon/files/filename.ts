import { INVISIBLE, VISIBLE } from '../../data/invisible.ts'
import { trimmed } from '../../data/trimmed.ts'

const LONGEST_BYTES = 120
/** How much of either end of a name is looked at, in characters: the file name of a path is at its end. */
const LONGEST_END = 500
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/is

/** The name of an attachment as it may be shown and saved: no path, no invisible characters, no name that means a device, 1 to 120 bytes. */
export function safeFilename(given: string | undefined): string {
  const base = ends(given ?? '')
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .split(/[/\\:]/)
    .at(-1)!
  const name = trimmed(base.replace(/[<>"|?*]/g, '_'), '. ')
  const named = !VISIBLE.test(name) ? 'attachment' : RESERVED.test(name) ? `_${name}` : name
  return cut(named)
}

/** Cut first: to normalize many marks behind one letter takes the square of their number. */
function ends(name: string): string {
  return name.length > 2 * LONGEST_END ? name.slice(0, LONGEST_END) + name.slice(-LONGEST_END) : name
}

/** The end of a name says what it is, so the middle goes. */
function cut(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? ''
  // What is longer than that never fits, and each of the others is tried.
  const letters = [...name.slice(0, -ending.length || undefined).slice(0, LONGEST_BYTES)]
  while (Buffer.byteLength(letters.join('') + ending) > LONGEST_BYTES) letters.pop()
  return letters.join('') + ending
}
