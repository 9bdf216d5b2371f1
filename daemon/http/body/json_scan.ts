import { randomUUID } from 'node:crypto'
import { Failure } from '../../../data/failure.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import { decodeString, NoString } from './json_string.ts'
import { MOST_PARAMETERS, type SentText, tooMany, valueIn } from './parameters.ts'

const DEEPEST = 16
/** Colons and commas: those of so many parameters. */
const MOST_ITEMS = 2 * MOST_PARAMETERS - 1
/** Of blanks in a row, and of a number. */
const LONGEST_RUN = 1000
const QUOTE = codeOf('"')
const BACKSLASH = codeOf('\\')
const COLON = codeOf(':')
/** What each byte is; what is none of these belongs to a word or a number. */
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

/** What a look at the bytes of JSON comes to. */
export interface Scanned {
  /** The bytes without their long strings, in the place of each of which stands a short one that nobody can guess. */
  readonly rest: Buffer
  /** What each of those stands for; undefined for one that holds half a character. */
  readonly strings: ReadonlyMap<string, SentText | undefined>
  /** The keys of the outermost object, with those that come again, which the parser drops in silence. */
  readonly keys: readonly string[]
}

interface Look {
  readonly json: Buffer
  readonly rest: Buffer[]
  /** Where what is not in the rest yet begins. */
  left: number
  readonly strings: Map<string, SentText | undefined>
  readonly keys: string[]
  depth: number
  items: number
  /** The last string. */
  string: string
}

/**
 * Looks through JSON in UTF-8 before it becomes a text, which may take several times the memory: what is left of it for the parser is
 * small. Long strings are decoded in their place. Throws Failure `invalid` for what is too deep or has too much in it, NoString for a
 * string that is none; whether all else is JSON is the parser's business.
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

/** Each gives where it ends. */
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

/** Blanks, of which one is as good as many; or a word or a number, of which none is as long. */
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

/** Where the quote stands that closes a string; the end where there is none. */
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
