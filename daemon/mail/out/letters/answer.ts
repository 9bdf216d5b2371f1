import type { MailAnswer, NextCommand, Ticket } from '../../../../data/tables.ts'
import type { About } from '../about.ts'
import { shortCardOf } from './card.ts'
import { mailto } from './mailto.ts'
import { replyLine } from './reply_words.ts'
import { together } from './together.ts'
import type { Wording } from './wording.ts'

/** In the order in which a letter has them. */
const DOES: readonly NextCommand['does'][] = ['undo', 'mend', 'ticket', 'note']
/** How many commands are offered beside the others. */
const MOST_OFFERED = 3

/** Gives the address that the mail with a command goes to. */
type AddressFor = (line: string) => string

/**
 * The text of the answer to a command: what was done or why not, the ticket in short, and what can be sent next, each as a link below its
 * subject; what takes back what was done comes first. It has short lines, since people read it on phones; a link has as many characters as
 * it needs.
 */
export function answerOf(
  words: Wording,
  answer: MailAnswer,
  about: About | undefined,
  addressFor: AddressFor,
): string {
  const { subject, sentences, shows, next = [] } = answer
  const linked = DOES.map(does => {
    const these = next.filter(command => command.does === does)
    return these.length === 0 ? '' : labelled(words, does, these, addressFor)
  })
  if (about) {
    const offered = offeredFor(about.ticket, next)
    const others = [
      words.label(words.say('answer.others')),
      ...offered.flatMap(line => [line, mailto({ address: addressFor(line), subject: line })]),
    ]
    return together([
      ...sentences,
      shows ? '' : shortCardOf(about),
      ...linked,
      others.join('\n'),
      about.staff ? replyLine(words, about.staff.replies.facts) : '',
    ])
  }
  // A submitter who asks for the status can give no commands.
  const needsNoHint = /^\s*(?:help\b|status\W*$)/i.test(subject)
  return together([...sentences, ...linked, needsNoHint ? '' : words.say('answer.help')])
}

/** Links of one kind below what they do. */
function labelled(
  words: Wording,
  does: NextCommand['does'],
  next: readonly NextCommand[],
  addressFor: AddressFor,
): string {
  const isPart = next.some(({ in_part }) => in_part)
  const label = words.say(
    isPart && (does === 'ticket' || does === 'note') ? `answer.${does}_in_part` : `answer.${does}`,
  )
  const lines = next.flatMap(({ line, text }) => {
    const subject = { address: addressFor(line), subject: line }
    return [line, mailto(text === undefined ? subject : { ...subject, text })]
  })
  return [words.label(label), ...lines].join('\n')
}

/** What is usual for a ticket in this state, but for the verbs that are offered already; and help, alone for a mail that was no command. */
function offeredFor({ id, on_hold, status, assigned_to }: Ticket, next: readonly NextCommand[]): string[] {
  if (next.some(({ does }) => does !== 'undo')) return ['help']
  const usual =
    status > 2
      ? [`reopen ${id}`, `answer ${id}`]
      : [
          ...(assigned_to === null ? [`take ${id}`] : []),
          `answer ${id}`,
          on_hold ? `unhold ${id}` : `hold ${id} until tomorrow`,
          `resolve ${id}`,
        ]
  const verbs = next.map(({ line }) => verbOf(line))
  return [...usual.filter(line => !verbs.includes(verbOf(line))).slice(0, MOST_OFFERED), 'help']
}

function verbOf(line: string): string {
  return line.slice(0, line.indexOf(' '))
}
