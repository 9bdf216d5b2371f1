import { Failure } from '../../data/failure.ts'
import { VISIBLE } from '../../data/invisible.ts'
import { saidAbout, slashLine, type Verbed } from './about_ticket.ts'
import { LONGEST_COMMAND, type Said, shownLine } from './command.ts'
import { refuseBare, refuseBelow } from './misplaced.ts'
import { NearMiss, nearMiss } from './near_miss.ts'
import { aboutLine, refusedLine } from './refused_line.ts'

const MOST = 10
/** In UTF-16 code units; no commands are looked for behind that. */
const LONGEST_LOOKED_AT = 8000
const PRIVATE = /^\/[ \t]?private[.!]?$/i
/** Of full width, as keyboards for Japanese and Chinese write it. */
const WIDE = '\uff0f'
const ALONE = 'Write /private on a line of its own, and your text below it.'
const NO_COMMAND =
  'It is not a command about this ticket. For a list of all commands, write /help. If it is part of your text, begin with another word.'

/** What the lines at the top of an answer say that begin with `/`. */
export interface SlashCommands {
  readonly commands: readonly Said[]
  /** Whether the rest is for staff alone. */
  readonly isPrivate: boolean
  /** The text below them. */
  readonly rest: string
}

/**
 * Reads the commands at the top of an answer about a ticket: one on each line, as in a subject but with `/` in front and without the
 * ticket, such as `/hold until friday`, or `/private`. Undefined if the answer begins with none. Throws NearMiss for a line that is not such
 * a command and for a command that stands elsewhere in the answer, and Failure `invalid` for more than 10.
 */
export function slashCommandsIn(text: string, ticket: number): SlashCommands | undefined {
  const { lines, rest } = topOf(text)
  if (lines.length > MOST)
    throw new Failure(
      'invalid',
      `Nothing was done. There are more than ${MOST} lines that begin with /; send at most ${MOST} at a time.`,
    )
  refuseBelow(rest, ticket)
  if (lines.length === 0) {
    refuseBare(rest, ticket)
    return undefined
  }
  const others = lines.filter(line => !PRIVATE.test(line))
  return {
    commands: others.map(line => saidIn(line, { ticket, lines, rest })),
    isPrivate: others.length < lines.length,
    rest,
  }
}

interface Top {
  readonly lines: readonly string[]
  readonly rest: string
}

/** The lines that begin with `/`, up to the first other line that is not blank, and the text from there on. */
function topOf(text: string): Top {
  const lines: string[] = []
  let at = 0
  while (at < text.length && at < LONGEST_LOOKED_AT && lines.length <= MOST) {
    const end = text.indexOf('\n', at)
    const line = lineIn(text.slice(at, end < 0 ? text.length : end))
    if (line !== '' && !line.startsWith('/')) break
    if (line !== '') lines.push(line)
    at = end < 0 ? text.length : end + 1
  }
  return { lines, rest: text.slice(at) }
}

/** A line without blanks at its ends, and without the characters of no width that some editors put in front. */
function lineIn(text: string): string {
  const from = text.search(VISIBLE)
  const line = from < 0 ? '' : text.slice(from).trim()
  return line.startsWith(WIDE) ? `/${line.slice(1)}` : line
}

/** The refusal of a line has the right one to send, if that does all that the answer asks for. */
function saidIn(line: string, { ticket, lines, rest }: Top & { readonly ticket: number }): Said {
  try {
    return saidOn(line, ticket)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const mended = error instanceof NearMiss && lines.length === 1 ? error.mended : undefined
    throw new NearMiss(error.message, mended, rest)
  }
}

function saidOn(line: string, ticket: number): Said {
  const label = shownLine(line)
  if (line.length > LONGEST_COMMAND)
    throw refusedLine(label, `It is longer than ${LONGEST_COMMAND} characters; make it shorter.`)
  const words = slashLine(line)
  const said = words && aboutLine(label, () => saidAbout(words, ticket))
  if (said) return { ...said, command: { ...said.command, label }, line: label }
  throw words ? hint(words, ticket, label) : refusedLine(label, NO_COMMAND)
}

/** The refusal that says what to write instead, if a near miss tells it. */
function hint({ verb, rest }: Verbed, ticket: number, label: string): Failure {
  if (verb.toLowerCase() === 'private') return refusedLine(label, ALONE)
  const mended = nearMiss(`${verb} ${ticket}${rest}`)?.mended
  const [, right = verb] = /^([a-z]+)/i.exec(mended ?? '') ?? []
  const before = `${right} ${ticket}`
  if (!mended?.startsWith(before)) return refusedLine(label, NO_COMMAND)
  const written = `/${right}${mended.slice(before.length)}`
  return new NearMiss(`Nothing was done. ${label} is not understood. Write: ${written}`, mended)
}
