import { mailbox } from '../../../data/address.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import type { From } from './content/sender/from_field.ts'
import { isNoReply } from './marks/machine_addresses.ts'

/** The submitter of a new ticket. */
export interface MailSubmitter extends ParsedSender {
  /** `from`: the sender; `form`: the person that a web form names in Reply-To; `reply_to`: the address that a no-reply sender gives there; `forward`: the sender of the mail that an agent forwards. */
  readonly by: 'from' | 'form' | 'reply_to' | 'forward'
}

/**
 * The submitter of a new ticket. That is the sender, unless the sender is one of the `forms` (in lower case) or a no-reply address and
 * Reply-To has exactly one address: then it is that one. `replyTo` is undefined if its address is ours. The mail of a no-reply sender is
 * never acknowledged, since a machine wrote it; that of a form is, as if the person in Reply-To had written it. The Reply-To of any other
 * mail means nothing: anyone can put anybody into it.
 */
export function submitterOf(from: From, replyTo: From | undefined, forms: readonly string[]): MailSubmitter {
  const { address } = from
  const isForm = address !== null && forms.includes(mailbox(address))
  const isElsewhere = isForm || (address !== null && isNoReply(address))
  const answered = replyTo?.address ?? null
  if (!isElsewhere || !replyTo || answered === null || isNoReply(answered))
    return { address, name: senderName(from), by: 'from' }
  return { address: answered, name: replyTo.name, by: isForm ? 'form' : 'reply_to' }
}

/** The name that staff see. Without an address, that is the field as it was written. */
export function senderName({ address, name, written }: From): string {
  return address === null ? written : name
}
