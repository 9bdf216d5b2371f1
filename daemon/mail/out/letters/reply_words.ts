// One thing: what letters to staff say of replies.
import { mailbox } from '../../../../data/address.ts'
import type { ProofName, Ticket } from '../../../../data/tables.ts'
import type { Audience } from '../../../../handlers/letters/answer_audience.ts'
import { senderWords } from '../../../../handlers/sender_words.ts'

const PRIVATE = 'Your reply is private.'

/** What a line about replies is made from. */
export interface ReplyFacts {
  /** The proofs by which the helpdesk can know that a reply is the reader's. */
  readonly proofs: readonly ProofName[]
  readonly audience: Audience
  /** The addresses of the reader. */
  readonly own: readonly string[]
  /** Whether letters to the submitter do not arrive. */
  readonly isFailing: boolean
}

/**
 * Where a reply goes. The address of the submitter stands beside the name, since a name is whatever an outsider has written. Without the
 * proof `letter`, only a login proves who wrote a reply.
 */
export function replyLine({ proofs, audience, own, isFailing }: ReplyFacts): string {
  if (audience.is === 'private' || proofs.length === 0) return PRIVATE
  const goes = goesWhere(audience.ticket, own, isFailing)
  return proofs.includes('letter')
    ? `Your reply ${goes}.`
    : `Your reply is private; if your mail program sends it with your login here, it ${goes}.`
}

function goesWhere(ticket: Ticket, own: readonly string[], isFailing: boolean): string {
  const { submitter_email: address, submitter_name: name, watchers = [], assigned_to } = ticket
  const submitter = senderWords({ address, name })
  const count = watchers.filter(one => !own.includes(mailbox(one))).length
  const reached = [
    ...(address === null || isFailing ? [] : [submitter]),
    ...(count === 0 ? [] : [count === 1 ? '1 watcher' : `${count} watchers`]),
  ]
  const nobody =
    address === null ? 'is public, but there is no submitter' : `is public, but does not reach ${submitter}`
  const goes = reached.length > 0 ? `goes to ${reached.join(' and ')}` : nobody
  return assigned_to === null ? `${goes}, and the ticket becomes yours` : goes
}

/** How an agent whose reply nothing proves can write to the submitter. */
export function publicHint(proofs: readonly ProofName[]): string {
  const ways = [
    ...(proofs.includes('letter')
      ? ['reply to our letter itself, from your own address and to nobody else']
      : []),
    ...(proofs.includes('smtp-auth')
      ? ['send it with this helpdesk as the outgoing server of your mail program and your login here']
      : []),
  ]
  const how =
    ways.length > 0
      ? `To write to the submitter by mail, ${ways.join(', or ')}.`
      : 'To write to the submitter, call add_followup with public=y.'
  return `It is private, since nothing proves that you wrote it. ${how}`
}
