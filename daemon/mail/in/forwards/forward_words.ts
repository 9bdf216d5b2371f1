import { mailbox } from '../../../../data/address.ts'
import { Failure } from '../../../../data/failure.ts'
import type { MailAnswer } from '../../../../data/tables.ts'
import type { Answer } from '../../../../handlers/call.ts'
import { senderWords } from '../../../../handlers/sender_words.ts'
import type { AgentsForward, OriginalSender } from './agents_forward.ts'

/** What an agent is told about a mail that is forwarded: who is the submitter of its ticket, and who is told of that. */
export function forwardSentences(
  { original, since, named }: AgentsForward,
  outcome: readonly Answer[] | Failure,
): readonly string[] {
  if (outcome instanceof Failure) return [outcome.message]
  const says = outcome.map(({ says }) => says)
  if (original) return [...says, submitterWords(original, outcome)]
  const [ticket] = outcome.flatMap(({ tickets }) => tickets)
  return [
    ...says,
    `You are its submitter, since ${since}.`,
    ...(named === undefined
      ? [
          `To change that, send the subject: submitter ${ticket} ADDRESS, with the mail address of the right person.`,
        ]
      : []),
  ]
}

/** The command that gives the ticket to the person that the agent has named. */
export function forwardOffers(
  { original, named }: AgentsForward,
  outcome: readonly Answer[] | Failure,
): Pick<MailAnswer, 'next'> {
  if (original || named === undefined || outcome instanceof Failure) return {}
  const [ticket] = outcome.flatMap(({ tickets }) => tickets)
  return { next: [{ does: 'mend', line: `submitter ${ticket} ${named}` }] }
}

function submitterWords({ submitter, untold }: OriginalSender, outcome: readonly Answer[]): string {
  const who = `Its submitter is ${senderWords(submitter)},`
  const box = mailbox(submitter.address)
  const isTold = outcome.some(({ heard }) => heard.some(one => mailbox(one) === box))
  if (isTold) return `${who} who is told of it by letter.`
  return `${who} who is not told of it${untold === undefined ? '' : `, since ${untold}`}.`
}
