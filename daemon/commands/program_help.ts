import { verbsOf } from '../../handlers/command/grammar.ts'
import { methods, topics } from '../../handlers/index.ts'
import { isOpenAt } from '../../handlers/method.ts'
import { helpText } from '../../handlers/methods/help.ts'
import { wrapped } from '../wrapped.ts'
import type { ProgramCommand } from './program_commands.ts'

/** Who reads it. */
const OPERATOR = { door: 'shell', actor: { kind: 'operator' } } as const
/** Longer usages have a line of their own. */
const WIDEST = 19

/**
 * The help on a topic, a method or a command of the program; for '', that on the whole program, on lines of 80 columns. Throws Failure
 * `not_found` for anything else.
 */
export function programHelp(commands: ReadonlyMap<string, ProgramCommand>, topic: string): string {
  if (topic === '') return overview([...commands.values()])
  const own = commands.get(topic.toLowerCase())
  if (!own) return helpText(topics, OPERATOR, topic)
  const described = [`helpdeskd ${own.usage}`, ...wrapped(own.about, '    ', '    ')].join('\n')
  // Some words, such as "why", begin a method, too.
  return isVerb(topic.toLowerCase()) ? `${described}\n\n${helpText(topics, OPERATOR, topic)}` : described
}

function overview(commands: readonly ProgramCommand[]): string {
  const listed = helpText(topics, OPERATOR).split('\n')
  return [
    'helpdeskd [--config FILE] [--json] [--as USERNAME] COMMAND',
    '',
    ...commands.flatMap(linesOf),
    '',
    ...wrapped(
      'or one of these, which the running daemon carries out, or this program itself if no daemon runs. The operator calls them; with --as, the user of that name does.',
      '',
      '',
    ),
    '',
    ...listed.flatMap(line => (line === '' ? '' : wrapped(line, '  ', '  '))),
  ].join('\n')
}

function linesOf({ usage, about }: ProgramCommand): string[] {
  const indent = ' '.repeat(WIDEST + 4)
  return usage.length > WIDEST
    ? [`  ${usage}`, ...wrapped(about, indent, indent)]
    : wrapped(about, `  ${usage.padEnd(WIDEST)}  `, indent)
}

function isVerb(word: string): boolean {
  return [...methods.values()].some(method => isOpenAt(method, 'shell') && verbsOf(method).includes(word))
}
