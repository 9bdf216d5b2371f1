import { Failure, shown } from '../../data/failure.ts'
import type { Door } from '../../data/tables.ts'
import { grammarsOf, readBy, verbsOf } from '../command/grammar.ts'
import { aboutOf, shortUsagesOf, usagesOf } from '../command/usage.ts'
import { type Actor, isOpenAt, type Method, method, namedParams } from '../method.ts'
import { optional } from '../params/kind.ts'
import { line } from '../params/texts.ts'
import list_queues from './list_queues.ts'

/** Methods that belong together. */
export interface Topic {
  readonly name: string
  readonly methods: readonly Method[]
}
/** Who asks, and where. */
interface Asker {
  readonly door: Door
  readonly actor: Actor
}

/** The topics with the method `help`, which describes the methods of all and itself. */
export function withHelp(others: readonly Topic[]): readonly Topic[] {
  const words = others.flatMap(({ name, methods }) => [
    name,
    ...methods.flatMap(other => [other.name, ...verbsOf(other)]),
  ])
  // In a command only a known topic counts, so that "Help me" stays a person's words.
  const topic = {
    ...line('A topic of the list, the name of a method, or the first word of its command.', 64),
    slot: ['help', ...words].join('|'),
  }
  const made: Method = method({
    name: 'help',
    summary: 'List what you may do, or describe one thing.',
    description:
      'Without a topic, all methods that the caller may call there are listed, by topic; with one, its methods are listed, or one method is described in full.',
    may: 'agent',
    reads: true,
    anyProof: true,
    params: { topic: optional(topic) },
    command: 'help [<topic>]',
    example: { command: 'help queues', says: detailsOf(list_queues) },
    run: async ({ topic }, asker) => helpText(withIt(), asker, topic),
    says: text => text,
  })
  const withIt = (): readonly Topic[] => [...others, { name: 'help', methods: [made] }]
  return withIt()
}

/**
 * The help text: a list of the methods that the caller may call at the door, by topic, or the methods of one topic, or one in full. Throws
 * Failure `not_found` for an unknown topic.
 */
export function helpText(topics: readonly Topic[], { door, actor }: Asker, asked?: string): string {
  const open = topics
    .map(({ name, methods }) => ({ name, methods: methods.filter(one => isOpenTo(one, door, actor)) }))
    .filter(({ methods }) => methods.length > 0)
  if (asked === undefined)
    return [...open.map(listOf), door === 'mail' ? `${BY_MAIL}${ENDING}` : ENDING].join('\n\n')
  const word = asked.toLowerCase()
  const methods = open.flatMap(topic => topic.methods)
  const spoken = methods.filter(one => verbsOf(one).includes(word))
  const told = spoken.length > 0 ? spoken : methods.filter(({ name }) => name === word)
  if (told.length > 0) return told.map(detailsOf).join('\n\n')
  const topic = open.find(({ name }) => name === word)
  if (topic) return listOf(topic)
  throw new Failure('not_found', `There is no method ${shown(asked)}; "help" lists the methods.`, {
    parameter: 'topic',
  })
}

function isOpenTo(method: Method, door: Door, actor: Actor): boolean {
  const isTooHigh = method.may === 'admin' && actor.kind === 'user' && !actor.user.admin
  return isOpenAt(method, door) && !isTooHigh
}

const BY_MAIL = `For several commands at once, send "batch" as the subject and one command on each line of the text: all are carried out, or none.
In a reply to a letter about a ticket, lines at the top that begin with / are commands about that ticket, such as "/hold until friday". The first command that takes a text gets the one below. If none does, as below "/assign fred", that text is your reply, and the submitter gets it if the letter says so.
`
const ENDING = `"help <topic>" lists one topic, "help <command>" describes one command in full.
"test" before a command that changes something only says what it would do. In the plain form, that is dry_run=y; with a ticket there is also expect=VERSION, which refuses the change if the ticket has changed since.`

function listOf({ name, methods }: Topic): string {
  const lines = methods.map(one => `${shortUsagesOf(one).join('\n')}\n    ${one.summary}`)
  return [name.toUpperCase(), ...lines].join('\n')
}

function detailsOf(method: Method): string {
  const { name, description, params, summary, body, mailBody, example } = method
  const named = namedParams({ params })
  const width = Math.max(0, ...named.map(([{ length }]) => length))
  const lines = named.map(([key, { about, rule, need }]) => {
    const optionally = need === 'required' ? rule : `${rule}; optional`
    return `  ${key.padEnd(width)}  ${aboutOf({ about, rule: optionally })}`
  })
  return [
    ...usagesOf(method),
    `${summary} ${description}`,
    ...lines,
    ...(body ? [`The text of the mail, or standard input, is the ${body}.`] : []),
    ...(mailBody ? [`The text of the mail is the ${mailBody}.`] : []),
    `Method name for a POST and for the plain form: ${name}.`,
    `Example: ${example.command}`,
    `Answer: ${example.says}`,
    ...byPost(method),
  ].join('\n')
}

/** The same example as a POST. */
function byPost(method: Method): string[] {
  if (!isOpenAt(method, 'http')) return []
  const { name, example, body } = method
  const read = grammarsOf([method])
    .map(grammar => readBy(grammar, example.command))
    .find(params => params !== undefined)
  if (!read) return []
  const params = body !== undefined && example.body !== undefined ? { ...read, [body]: example.body } : read
  const fields = Object.entries(params).map(
    ([key, value]) => ` --data-urlencode '${key}=${value.replaceAll("'", "'\\''")}'`,
  )
  return [`By POST: curl -u USERNAME${fields.join('')} https://HELPDESK/api/${name}/`]
}
