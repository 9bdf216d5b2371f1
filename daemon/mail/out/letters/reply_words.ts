import { mailbox } from '../../../../data/address.ts'
import type { ProofName, Ticket } from '../../../../data/tables.ts'
import type { Audience } from '../../../../handlers/letters/answer_audience.ts'
import { senderIn } from './author.ts'
import type { Wording } from './wording.ts'

/** What a line about replies is made from. */
export interface ReplyFacts {
  /** The proofs by which the helpdesk can know that a reply is the reader's. */
  readonly proofs: readonly ProofName[]
  readonly audience: Audience
  /** The addresses of the reader. */
  readonly own: readonly string[]
  /** Whether letters to the submitter do not arrive, or are not wanted. */
  readonly isUnreached: boolean
}

/**
 * Where a reply goes. The address of the submitter stands beside the name, since a name is whatever an outsider has written. Without the
 * proof `letter`, only a login proves who wrote a reply.
 */
export function replyLine(words: Wording, { proofs, audience, own, isUnreached }: ReplyFacts): string {
  if (audience.is === 'private' || proofs.length === 0) return words.say('reply.private')
  const { ticket } = audience
  const goes = goesWhere(words, ticket, own, isUnreached)
  const reply = ticket.assigned_to === null ? `${goes} ${words.say('reply.takes')}` : goes
  return proofs.includes('letter') ? reply : words.say('reply.login', { reply })
}

function goesWhere(words: Wording, ticket: Ticket, own: readonly string[], isUnreached: boolean): string {
  const { submitter_email: address, submitter_name: name, watchers = [] } = ticket
  const submitter = address === null ? undefined : senderIn(words, { address, name })
  const count = watchers.filter(one => !own.includes(mailbox(one))).length
  const readers = [
    ...(submitter === undefined || isUnreached ? [] : [submitter]),
    ...(count === 0 ? [] : [words.say(count === 1 ? 'reply.watcher' : 'reply.watchers', { count })]),
  ]
  if (readers.length > 0) return words.say('reply.goes', { readers: words.list(readers) })
  if (submitter === undefined) return words.say('reply.without_submitter')
  return words.say('reply.unreached', { submitter })
}

/** How an agent whose reply nothing proves can write to the submitter. */
export function publicHint(words: Wording, proofs: readonly ProofName[]): string {
  return `${words.say('hint.private')} ${words.say(wayWith(proofs))}`
}

function wayWith(proofs: readonly ProofName[]) {
  const [byLetter, byLogin] = [proofs.includes('letter'), proofs.includes('smtp-auth')]
  if (byLetter && byLogin) return 'hint.letter_or_login'
  return byLetter ? 'hint.letter' : byLogin ? 'hint.login' : 'hint.call'
}
