import { VISIBLE } from '../../data/invisible.ts'
import { saidAbout, slashLine, wholeLine } from './about_ticket.ts'
import { LONGEST_COMMAND, namesTicket, shownLine } from './command.ts'
import { NearMiss } from './near_miss.ts'

/** In UTF-16 code units, and lines that begin with `/`; the rest is not looked at. */
const LONGEST_LOOKED_AT = 8000
const MOST = 20
const PRIVATE = 'private'
const WORD = /^[a-z]+/i

/**
 * Refuses the words of an answer about a ticket that have a command where none counts, since the submitter would read it. Throws
 * NearMiss for a line such as `/resolve` or `/private` below other words.
 */
export function refuseBelow(words: string, ticket: number): void {
  const lines = linesOf(words).filter(line => line.startsWith('/') && line.length <= LONGEST_COMMAND)
  const found = lines.slice(0, MOST).find(line => isCommand(line, ticket))
  if (found !== undefined)
    throw new NearMiss(
      `Nothing was done. ${shownLine(found)} stands below other words. Write such lines at the top. If it is part of your text, begin the line with another word.`,
      undefined,
      words,
    )
}

function isCommand(line: string, ticket: number): boolean {
  const said = slashLine(line)
  return said !== undefined && (said.verb.toLowerCase() === PRIVATE || saidAbout(said, ticket) !== undefined)
}

/** The same for an answer whose first paragraph is a command without `/`, such as `hold` or `Hold 31794.` */
export function refuseBare(words: string, ticket: number): void {
  const begun = words.trimStart()
  const [first = '', next = ''] = linesOf(begun)
  const [verb = ''] = WORD.exec(first) ?? []
  if (verb === '' || first.length > LONGEST_COMMAND || VISIBLE.test(next)) return
  const whole = wholeLine({ verb, rest: first.slice(verb.length) }, ticket)
  if (!whole || !namesTicket(whole.said)) return
  const end = begun.indexOf('\n')
  throw new NearMiss(
    `Nothing was done. ${shownLine(first)} may be a command. If it is one, write / before it; if it is your answer, begin with another word.`,
    whole.line,
    end < 0 ? '' : begun.slice(end + 1),
  )
}

function linesOf(words: string): string[] {
  return words
    .slice(0, LONGEST_LOOKED_AT)
    .split('\n')
    .map(line => line.trim())
}
