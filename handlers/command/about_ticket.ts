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
export function saidAbout({ verb, rest }: Verbed, ticket: number): Said | undefined {
  for (const words of [`${verb} ${ticket}${rest}`, `${verb}${rest}`]) {
    const said = parseCommand(words)
    if (said && isAbout(said, ticket)) return said
  }
  return undefined
}

/** Whether a command is about this ticket alone, or about none. */
function isAbout({ method, command: { params } }: Said, ticket: number): boolean {
  return Object.keys(method.params)
    .filter(name => method.params[name]!.namesTicket)
    .every(name => params[name] === String(ticket))
}
