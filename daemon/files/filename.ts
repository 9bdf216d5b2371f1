import { INVISIBLE, VISIBLE } from '../../data/invisible.ts'
import { trimmed } from '../../data/trimmed.ts'

const LONGEST_BYTES = 120
/** How many characters at each end of a name are used: the file name in a path is at its end. */
const LONGEST_END = 500
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/is

/** The name of an attachment, safe to show and to save: 1 to 120 bytes, no path, no invisible characters, no device name. */
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

/** Cut before normalize(), whose time is quadratic in the number of combining marks after one letter. */
function ends(name: string): string {
  return name.length > 2 * LONGEST_END ? name.slice(0, LONGEST_END) + name.slice(-LONGEST_END) : name
}

/** Cuts before the extension, which says what the file is. */
function cut(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_BYTES) return name
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? ''
  // More characters than that never fit; the loop tries the rest.
  const letters = [...name.slice(0, -ending.length || undefined).slice(0, LONGEST_BYTES)]
  while (Buffer.byteLength(letters.join('') + ending) > LONGEST_BYTES) letters.pop()
  return letters.join('') + ending
}
