import { mailbox } from '../../../../data/address.ts'
import { Failure } from '../../../../data/failure.ts'
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
    named === undefined
      ? `To change that, send the subject: submitter ${ticket} ADDRESS, with the mail address of the right person.`
      : `To change that, send the subject: submitter ${ticket} ${named}`,
  ]
}

function submitterWords({ submitter, untold }: OriginalSender, outcome: readonly Answer[]): string {
  const who = `Its submitter is ${senderWords(submitter)},`
  const box = mailbox(submitter.address)
  const isTold = outcome.some(({ heard }) => heard.some(one => mailbox(one) === box))
  if (isTold) return `${who} who is told of it by letter.`
  return `${who} who is not told of it${untold === undefined ? '' : `, since ${untold}`}.`
}
