import { topics } from '../../handlers/index.ts'
import { helpText } from '../../handlers/methods/help.ts'
import type { ProgramCommand } from './program_commands.ts'

/** Who reads it. */
const OPERATOR = { door: 'shell', actor: { kind: 'operator' } } as const
/** Longer usages have a line of their own. */
const WIDEST = 19

/** The help on a topic or method; for '', that on the program. Throws Failure `not_found` for an unknown topic. */
export function programHelp(commands: ReadonlyMap<string, ProgramCommand>, topic: string): string {
  const methods = helpText(topics, OPERATOR, ...(topic ? [topic] : []))
  if (topic) return methods
  return `helpdeskd [--config FILE] [--json] [--as USERNAME] COMMAND

${[...commands.values()].map(lineOf).join('\n')}

or one of these, which the running daemon carries out, or this program itself if no daemon runs. The
operator calls them; with --as, the user of that name does.

${methods.replace(/^(?=.)/gm, '  ')}`
}

function lineOf({ usage, about }: ProgramCommand): string {
  const beginning = usage.length > WIDEST ? `${usage}\n  ${' '.repeat(WIDEST)}` : usage.padEnd(WIDEST)
  return `  ${beginning}  ${about}`
}
