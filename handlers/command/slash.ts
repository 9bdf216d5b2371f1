import { Failure } from '../../data/failure.ts'
import type { Labelled } from './batch.ts'
import { LONGEST_COMMAND, parseCommand, type Said, shownLine } from './command.ts'
import { nearMiss } from './near_miss.ts'

const MOST = 10
/** In UTF-16 code units; no commands are looked for behind that. */
const LONGEST_LOOKED_AT = 8000
const PRIVATE = /^\/private[.!]?$/i
const VERB = /^\/([a-z]+)/i

/** What the lines at the top of an answer say that begin with `/`. */
export interface SlashCommands {
  readonly commands: readonly Labelled[]
  /** Whether the rest is for staff alone. */
  readonly isPrivate: boolean
  /** The text below them. */
  readonly rest: string
}

/**
 * Reads the commands at the top of an answer about a ticket: one on each line, as in a subject but with `/` in front and without the
 * ticket, such as `/hold until friday`, or `/private`. Undefined if the answer begins with none. Throws Failure `invalid` for a line that
 * is not such a command, and for more than 10.
 */
export function slashCommandsIn(text: string, ticket: number): SlashCommands | undefined {
  const { lines, rest } = topOf(text)
  if (lines.length === 0) return undefined
  if (lines.length > MOST)
    throw new Failure(
      'invalid',
      `Nothing was done. There are more than ${MOST} lines that begin with /; send at most ${MOST} at a time.`,
    )
  const others = lines.filter(line => !PRIVATE.test(line))
  return {
    commands: others.map(line => saidOn(line, ticket)),
    isPrivate: others.length < lines.length,
    rest,
  }
}

/** The lines that begin with `/`, up to the first other line that is not blank, and the text from there on. */
function topOf(text: string): { lines: string[]; rest: string } {
  const lines: string[] = []
  let at = 0
  while (at < text.length && at < LONGEST_LOOKED_AT && lines.length <= MOST) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end).trim()
    if (line !== '' && !line.startsWith('/')) break
    if (line !== '') lines.push(line)
    at = end < 0 ? text.length : end + 1
  }
  return { lines, rest: text.slice(at) }
}

function saidOn(line: string, ticket: number): Labelled {
  const label = shownLine(line)
  if (line.length > LONGEST_COMMAND)
    throw refused(label, `It is longer than ${LONGEST_COMMAND} characters; make it shorter.`)
  const [, verb = ''] = VERB.exec(line) ?? []
  const rest = line.slice(verb.length + 1)
  for (const words of [`${verb} ${ticket}${rest}`, `${verb}${rest}`]) {
    const said = parsed(words, label)
    if (said && isAbout(said, ticket)) return { ...said, label }
  }
  throw refused(label, hint(`${verb} ${ticket}${rest}`, verb, ticket))
}

/** Whether a command is about this ticket alone, or about none. */
function isAbout({ method, command: { params } }: Said, ticket: number): boolean {
  return Object.keys(method.params)
    .filter(name => method.params[name]!.namesTicket)
    .every(name => params[name] === String(ticket))
}

function parsed(words: string, label: string): Said | undefined {
  try {
    return parseCommand(words)
  } catch (error) {
    throw error instanceof Failure ? refused(label, error.message) : error
  }
}

/** What to write instead, if a near miss tells it. */
function hint(words: string, verb: string, ticket: number): string {
  const mended = nearMiss(words)?.mended
  const [, right = verb] = /^([a-z]+)/i.exec(mended ?? '') ?? []
  const before = `${right} ${ticket}`
  return mended?.startsWith(before)
    ? `Write: /${right}${mended.slice(before.length)}`
    : 'It is not a command about this ticket. For a list of all commands, write /help. If it is part of your text, begin with another word.'
}

function refused(label: string, why: string): Failure {
  return new Failure('invalid', `Nothing was done. ${label}: ${why}`)
}
