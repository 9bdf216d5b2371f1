import { mailbox } from '../../../data/address.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import type { From } from './content/from_field.ts'
import { isNoReply } from './marks/machine_addresses.ts'

/** The submitter of a new ticket. */
export interface MailSubmitter extends ParsedSender {
  /** `from`: the sender; `form`: the person whom a web form names in Reply-To; `reply_to`: the address that a no-reply sender gives there. */
  readonly by: 'from' | 'form' | 'reply_to'
}

/**
 * The submitter of a new ticket. That is the sender, unless the sender is one of the `forms` (in lower case) or a no-reply address and
 * Reply-To has exactly one address that is not ours: then it is that one. An answer by a no-reply sender is never acknowledged, since a
 * machine wrote it; a form's ticket is, as if the person in Reply-To had written it. The Reply-To of any other mail means nothing:
 * anyone can put anybody into it.
 */
export function submitterOf(
  from: From,
  replyTo: From,
  forms: readonly string[],
  isOurs: (address: string) => boolean,
): MailSubmitter {
  const { address } = from
  const isForm = address !== null && forms.includes(mailbox(address))
  const isElsewhere = isForm || (address !== null && isNoReply(address))
  if (!isElsewhere || replyTo.address === null || isNoReply(replyTo.address) || isOurs(replyTo.address))
    return { address, name: nameIn(from), by: 'from' }
  return { address: replyTo.address, name: nameIn(replyTo), by: isForm ? 'form' : 'reply_to' }
}

/** Without an address, staff see the field as it was written. */
function nameIn({ address, name, written }: From): string {
  return address === null ? written : name
}
