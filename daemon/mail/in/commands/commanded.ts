import { Failure } from '../../../../data/failure.ts'
import { HIDDEN } from '../../../../data/invisible.ts'
import { statuses } from '../../../../data/tables.ts'
import { slashLine } from '../../../../handlers/command/about_ticket.ts'
import {
  LONGEST_COMMAND,
  namesTicket,
  parseCommand,
  type Said,
} from '../../../../handlers/command/command.ts'
import { likeCommand, NearMiss, nearMiss } from '../../../../handlers/command/near_miss.ts'
import { refusedLine } from '../../../../handlers/command/refused_line.ts'
import { isYes } from '../../../../handlers/params/flags.ts'
import { isForward, replyPrefixLength } from '../content/reply_prefix.ts'
import type { AnswerAround, Decided } from '../judgement.ts'
import type { MailFacts } from '../mail_facts.ts'
import type { Thread } from '../thread.ts'

const PRIVATE = 'it says /private'
const UNPROVEN = 'a command without proof'

type Undecided = { readonly reasons: string[] }

/**
 * The decision about a mail whose subject is a command or a near miss, or which begins with commands as the answer to a letter; otherwise
 * the reasons why a command in its subject does not count.
 */
export function commanded(facts: MailFacts): Decided | Undecided {
  const bySubject = commandedBySubject(facts)
  return 'act' in bySubject ? bySubject : (commandedInAnswer(facts) ?? bySubject)
}

function commandedBySubject(facts: MailFacts): Decided | Undecided {
  const { subject, isSubjectGuess, gated, proof, asks, recipients, batch, thread } = facts
  // Encoded words (RFC 2047) can contain invisible characters, which no command has.
  if (subject.length > LONGEST_COMMAND || HIDDEN.test(subject)) return { reasons: [] }
  const toHelpdesk = recipients.some(({ kind }) => kind === 'helpdesk') || proof?.by === 'letter'
  const said = batch ?? read(subject)
  const counts = said && (toHelpdesk || (!(said instanceof Failure) && !batch && said.every(namesTicket)))
  if (isSubjectGuess)
    return { reasons: counts ? ['a command, but the charset of its subject is a guess'] : [] }
  if ('refused' in gated) return { reasons: counts ? [`a command, but ${gated.refused}`] : [] }
  if (!proof && !asks) return { reasons: counts ? [UNPROVEN] : [] }
  const meant = counts
    ? (doneAlready(facts) ?? refusedOutside(said, facts.unfit) ?? said)
    : toHelpdesk
      ? completed(missedBy(subject, thread), subject, proof?.ticket)
      : undefined
  if (!meant) return { reasons: [] }
  if (!proof)
    return {
      verdict: 'unconfirmed',
      reasons: [UNPROVEN],
      act: { kind: 'ask', said: meant, user: asks!, from: gated.from },
    }
  const verdict = meant instanceof Failure ? 'near_miss' : 'command'
  return { verdict, reasons: [], act: { kind: 'command', said: meant, user: proof.user, to: gated.from } }
}

/** The refusal of a subject that was meant as a command. An answer whose thread is known is an answer, whatever it answers. */
function missedBy(subject: string, thread: Thread | undefined): NearMiss | undefined {
  const answered = subject.trim().slice(replyPrefixLength(subject.trim())).trim()
  if (answered === subject.trim()) return nearMiss(subject)
  if (thread || isForward(subject)) return undefined
  return parseCommand(answered) ? likeCommand(subject, answered) : nearMiss(answered)
}

/** A command without its ticket, in a mail to the key of a letter, is meant about that of the letter. */
function completed(
  miss: NearMiss | undefined,
  subject: string,
  ticket: number | undefined,
): NearMiss | undefined {
  const words = slashLine(`/${subject.trim()}`)
  if (!miss || miss.mended !== undefined || !words || ticket === undefined) return miss
  const whole = `${words.verb} ${ticket}${words.rest}`
  const said = read(whole)
  return said && !(said instanceof Failure) ? likeCommand(subject, whole) : miss
}

/** The link of an older letter must not write to the submitter again, nor put its words in the place of the resolution. */
function doneAlready({ proof, thread }: MailFacts): NearMiss | undefined {
  if (proof?.link !== 'resolve' || thread?.ticket.id !== proof.ticket) return undefined
  const { id, status } = thread!.ticket
  return status > 2
    ? new NearMiss(`Nothing was done: ticket ${id} is ${statuses[status].toLowerCase()} already.`)
    : undefined
}

function read(subject: string): readonly Said[] | Failure | undefined {
  try {
    const said = parseCommand(subject)
    return said && [said]
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** The commands at the top of an agent's answer, with the text below them; undefined if it has none, or only says that it is private. */
function commandedInAnswer({ thread, answer, slash, gated, unfit }: MailFacts): Decided | undefined {
  if (!thread || !answer || !slash || 'refused' in gated) return undefined
  const { user, public: isPublic, letter, mailedTo } = answer
  const outside = mailedTo === undefined ? {} : { mailedTo }
  const act = (said: readonly Said[] | Failure, rest: Pick<AnswerAround, 'words' | 'public'>) =>
    ({
      kind: 'command',
      said,
      user,
      to: gated.from,
      within: { ticket: thread.ticket, letter, ...outside, ...rest },
    }) as const
  const refused = (why: Failure) =>
    ({ verdict: 'near_miss', reasons: [], act: act(why, { words: '', public: false }) }) as const
  if (slash instanceof Failure) return refused(slash)
  const { commands, rest: words, isPrivate } = slash
  const leaking = refusedOutside(commands, isPrivate ? PRIVATE : unfit)
  if (leaking) return refused(new NearMiss(leaking.message, undefined, words))
  if (commands.length === 0) return undefined
  return { verdict: 'command', reasons: [], act: act(commands, { words, public: isPublic && !isPrivate }) }
}

/** The refusal of commands that would write to the submitter what must not go there. */
function refusedOutside(said: readonly Said[] | Failure, unfit: string | undefined): Failure | undefined {
  if (unfit === undefined || said instanceof Failure) return undefined
  const outside = said.find(({ method, command }) => method.publicText || isYes(command.params.public))
  if (!outside) return undefined
  const why = `This writes to the submitter, but your mail is not for the submitter: ${unfit}.`
  const { label } = outside.command
  return label === undefined ? new Failure('invalid', `Nothing was done. ${why}`) : refusedLine(label, why)
}
