import { Failure, shown } from '../../data/failure.ts'
import type { Door } from '../../data/tables.ts'
import { verbOf } from '../command/grammar.ts'
import { aboutOf, usageOf } from '../command/usage.ts'
import { isOpenAt, type Method, type Methods, method, namedParams } from '../method.ts'
import { optional } from '../params/kind.ts'
import { line } from '../params/texts.ts'
import list_queues from './list_queues.ts'

/** The method that tells of the others, and of itself. */
export function help(others: readonly Method[]): Method {
  const words = ['help', ...others.flatMap(other => [other.name, verbOf(other)])].filter(Boolean)
  // "Help me" is a person's cry: in a command only what there is help on is a topic.
  const topic = { ...line('A method or the first word of its command.', 64), slot: words.join('|') }
  const made = method({
    name: 'help',
    summary: 'Say what can be done.',
    description: 'Without a topic a line for each method; with a method or a verb all about it.',
    may: 'agent',
    reads: true,
    params: { topic: optional(topic) },
    command: 'help [<topic>]',
    example: { command: 'help queues', says: detailsOf(list_queues) },
    run: async ({ topic }, { door }) => helpText(all, door, topic),
    says: text => text,
  })
  const all: Methods = new Map([...others, made].map(one => [one.name, one]))
  return made
}

/** What help says: all that can be called at a door, or all about one topic. Throws Failure `not_found` for an unknown topic. */
export function helpText(methods: Methods, door: Door, topic?: string): string {
  const open = [...methods.values()].filter(method => isOpenAt(method, door))
  if (topic === undefined) return overview(open)
  const word = topic.toLowerCase()
  const found = open.find(method => method.name === word || verbOf(method) === word)
  if (!found) throw new Failure('not_found', `There is no method ${shown(topic)}; "help" lists them.`)
  return detailsOf(found)
}

function overview(methods: readonly Method[]): string {
  const lines = methods.map(method => `${usageOf(method)}\n    ${method.summary}`)
  return [...lines, '', 'help <topic> tells more of one.'].join('\n')
}

function detailsOf({ name, description, params, summary, body, example, ...rest }: Method): string {
  const named = namedParams({ params })
  const width = Math.max(0, ...named.map(([{ length }]) => length))
  const lines = named.map(([key, { about, rule, need }]) => {
    const optionally = need === 'required' ? rule : `${rule}; may be left out`
    return `  ${key.padEnd(width)}  ${aboutOf({ about, rule: optionally })}`
  })
  return [
    usageOf({ name, params, ...rest }),
    `${summary} ${description}`,
    ...lines,
    ...(body ? [`The text of the mail, or the standard input, is its ${body}.`] : []),
    `In a POST and in the plain form it is called ${name}.`,
    `Example: ${example.command}`,
    `Answer: ${example.says}`,
  ].join('\n')
}
