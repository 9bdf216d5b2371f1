import { parseCommand, type Said } from './command.ts'

/** Not a path. */
const SLASH = /^\/[ \t]?([a-z]+)(?![a-z/\\-])/i

/** A line as a verb and what stands behind it. */
export interface Verbed {
  readonly verb: string
  readonly rest: string
}

/** A line that begins with `/` and a verb: `/hold until friday`; undefined for any other. Phones put a blank behind the mark. */
export function slashLine(line: string): Verbed | undefined {
  const [begin, verb] = SLASH.exec(line) ?? []
  return begin === undefined ? undefined : { verb: verb!, rest: line.slice(begin.length) }
}

/**
 * The command of a line in an answer about a ticket, which may leave the ticket out; undefined if it is none, or about another ticket.
 * Throws Failure `invalid` as `parseCommand` does.
 */
export function saidAbout(words: Verbed, ticket: number): Said | undefined {
  return wholeLine(words, ticket)?.said
}

/** The same, with the line that would be its subject. */
export function wholeLine(
  { verb, rest }: Verbed,
  ticket: number,
): { readonly said: Said; readonly line: string } | undefined {
  for (const line of [`${verb} ${ticket}${rest}`, `${verb}${rest}`]) {
    const said = parseCommand(line)
    if (said && isAbout(said, ticket)) return { said, line }
  }
  return undefined
}

/** Whether a command is about this ticket alone, or about none. */
function isAbout({ method, command: { params } }: Said, ticket: number): boolean {
  return Object.keys(method.params)
    .filter(name => method.params[name]!.namesTicket)
    .every(name => params[name] === String(ticket))
}
