import { randomUUID } from 'node:crypto'
import { Failure } from '../../../data/failure.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import { decodeString, NoString } from './json_string.ts'
import { MOST_PARAMETERS, type SentText, tooMany, valueIn } from './parameters.ts'

const DEEPEST = 16
/** The limit for colons and commas together: those of MOST_PARAMETERS parameters. */
const MOST_ITEMS = 2 * MOST_PARAMETERS - 1
/** The limit for blanks in a row, and for a word or a number. */
const LONGEST_RUN = 1000
const QUOTE = codeOf('"')
const BACKSLASH = codeOf('\\')
const COLON = codeOf(':')
/** The kind of each byte; 0 belongs to a word or a number. */
const STRING = 1
const OPENING = 2
const CLOSING = 3
const ITEM = 4
const BLANK = 5
const kinds = new Uint8Array(256)
for (const [kind, characters] of [
  [STRING, '"'],
  [OPENING, '{['],
  [CLOSING, '}]'],
  [ITEM, ':,'],
  [BLANK, ' \t\n\r'],
] as const)
  for (const character of characters) kinds[codeOf(character)] = kind

/** The result of a scan of JSON. */
export interface Scanned {
  /** The bytes, with each long string replaced by a short one that nobody can guess. */
  readonly rest: Buffer
  /** The long string for each of those; undefined if it contains half a character (a lone surrogate). */
  readonly strings: ReadonlyMap<string, SentText | undefined>
  /** The keys of the outermost object, including repeated ones, which JSON.parse drops silently. */
  readonly keys: readonly string[]
}

interface Look {
  readonly json: Buffer
  readonly rest: Buffer[]
  /** Where the bytes begin that are not in `rest` yet. */
  left: number
  readonly strings: Map<string, SentText | undefined>
  readonly keys: string[]
  depth: number
  items: number
  /** The last string that may be a key. */
  string: string
}

/**
 * Scans JSON in UTF-8 before it becomes a string, which may take several times the memory: what is left for JSON.parse is small. Long
 * strings are decoded in place. Throws Failure `invalid` if it is nested too deeply or has too many items, NoString for a malformed long
 * string, and for a word or number that is too long; JSON.parse finds any other error.
 */
export async function scan(json: Buffer): Promise<Scanned> {
  const look: Look = { json, rest: [], left: 0, strings: new Map(), keys: [], depth: 0, items: 0, string: '' }
  for (let at = 0; at < json.length; ) {
    if (kinds[json[at]!] !== STRING) at = take(look, at)
    else {
      const end = endOfString(json, at + 1)
      if (end - at > LONGEST_KEPT) await leaveOutString(look, at, end)
      else if (look.depth === 1) look.string = plainly(json.toString('utf8', at + 1, end))
      at = end + 1
    }
  }
  const { rest, left, strings, keys } = look
  return { rest: rest.length > 0 ? Buffer.concat([...rest, json.subarray(left)]) : json, strings, keys }
}

/** Takes a mark or a run of bytes; like the functions below, gives where it ends. */
function take(look: Look, at: number): number {
  const kind = kinds[look.json[at]!]!
  return kind === OPENING || kind === CLOSING || kind === ITEM
    ? takeMark(look, kind, at)
    : takeRun(look, kind, at)
}

async function leaveOutString(look: Look, at: number, end: number): Promise<void> {
  look.string = randomUUID()
  const decoded = await decodeString(look.json.subarray(at + 1, end))
  look.strings.set(look.string, decoded && valueIn(decoded))
  leaveOut(look, at, end + 1, `"${look.string}"`)
}

function takeMark(look: Look, kind: number, at: number): number {
  if (kind === OPENING && ++look.depth > DEEPEST)
    throw new Failure('invalid', `The body is nested more than ${DEEPEST} levels deep; send one object.`)
  if (kind === CLOSING) look.depth--
  if (kind === ITEM && ++look.items > MOST_ITEMS) throw tooMany()
  if (look.json[at] === COLON && look.depth === 1) look.keys.push(look.string)
  return at + 1
}

/** Shortens a long run of blanks to one; refuses a word or a number that is too long. */
function takeRun(look: Look, kind: number, at: number): number {
  const { json } = look
  let end = at + 1
  while (end < json.length && kinds[json[end]!] === kind) end++
  if (end - at <= LONGEST_RUN) return end
  if (kind !== BLANK) throw new NoString()
  leaveOut(look, at, end, ' ')
  return end
}

function leaveOut(look: Look, from: number, to: number, instead: string): void {
  look.rest.push(look.json.subarray(look.left, from), Buffer.from(instead))
  look.left = to
}

/** The place of the quote that closes a string; the end if there is none. */
function endOfString(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at++) {
    if (json[at] === QUOTE) return at
    if (json[at] === BACKSLASH) at++
  }
  return json.length
}

function plainly(string: string): string {
  if (!string.includes('\\')) return string
  try {
    return JSON.parse(`"${string}"`) as string
  } catch {
    return string
  }
}

function codeOf(character: string): number {
  return character.charCodeAt(0)
}
