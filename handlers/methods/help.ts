import { Failure, shown } from '../../data/failure.ts'
import type { Door } from '../../data/tables.ts'
import { verbsOf } from '../command/grammar.ts'
import { aboutOf, shortUsagesOf, usagesOf } from '../command/usage.ts'
import { isOpenAt, type Method, type Methods, method, namedParams } from '../method.ts'
import { optional } from '../params/kind.ts'
import { line } from '../params/texts.ts'
import list_queues from './list_queues.ts'

/** Makes the method `help`, which describes the other methods and itself. */
export function help(others: readonly Method[]): Method {
  const words = ['help', ...others.flatMap(other => [other.name, ...verbsOf(other)])]
  // In a command only a known topic counts, so that "Help me" stays a person's words.
  const topic = {
    ...line('The name of a method, or the first word of its command.', 64),
    slot: words.join('|'),
  }
  const made = method({
    name: 'help',
    summary: 'List the methods, or describe one of them.',
    description: 'Without a topic, all methods are listed; with a topic, one method is described in full.',
    may: 'agent',
    reads: true,
    anyProof: true,
    params: { topic: optional(topic) },
    command: 'help [<topic>]',
    example: { command: 'help queues', says: detailsOf(list_queues) },
    run: async ({ topic }, { door }) => helpText(all, door, topic),
    says: text => text,
  })
  const all: Methods = new Map([...others, made].map(one => [one.name, one]))
  return made
}

/** The help text: a list of the methods that a door offers, or the methods of a topic in full. Throws Failure `not_found` for an unknown topic. */
export function helpText(methods: Methods, door: Door, topic?: string): string {
  const open = [...methods.values()].filter(method => isOpenAt(method, door))
  if (topic === undefined) return overview(open)
  const word = topic.toLowerCase()
  const named = open.filter(({ name }) => name === word)
  const found = open.filter(method => verbsOf(method).includes(word))
  const told = found.length > 0 ? found : named
  if (told.length === 0)
    throw new Failure('not_found', `There is no method ${shown(topic)}; "help" lists the methods.`, {
      parameter: 'topic',
    })
  return told.map(detailsOf).join('\n\n')
}

const ENDING = `"help <topic>" describes one method in full.
Whatever changes something also takes dry_run=y, which only says what it would do; with a ticket, also expect=VERSION, which refuses the change if the ticket has changed since.`

function overview(methods: readonly Method[]): string {
  const lines = methods.map(method => `${shortUsagesOf(method).join('\n')}\n    ${method.summary}`)
  return [...lines, '', ENDING].join('\n')
}

function detailsOf({ name, description, params, summary, body, example, ...rest }: Method): string {
  const named = namedParams({ params })
  const width = Math.max(0, ...named.map(([{ length }]) => length))
  const lines = named.map(([key, { about, rule, need }]) => {
    const optionally = need === 'required' ? rule : `${rule}; optional`
    return `  ${key.padEnd(width)}  ${aboutOf({ about, rule: optionally })}`
  })
  return [
    ...usagesOf({ name, params, ...rest }),
    `${summary} ${description}`,
    ...lines,
    ...(body ? [`The text of the mail, or standard input, is the ${body}.`] : []),
    `Method name for a POST and for the plain form: ${name}.`,
    `Example: ${example.command}`,
    `Answer: ${example.says}`,
  ].join('\n')
}
