import { maybeAddress } from '../../../data/address.ts'
import { matchesPattern } from '../../../data/address_pattern.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ignore } from '../../../data/tables.ts'
import { entryFor } from '../../../handlers/ignore_list.ts'
import type { MailFacts } from './mail_facts.ts'
import type { Recipient } from './smtp/recipient.ts'

/** The entries of the ignore list for a sender: the address in From, or, if that has none, in the envelope. */
export async function ignoresOf(
  tx: Reader,
  from: string | null,
  envelopeFrom: string,
): Promise<readonly Ignore[]> {
  const address = from ?? maybeAddress(envelopeFrom)
  if (address === undefined) return []
  return (await tx.find('ignores', {})).filter(({ email }) => matchesPattern(email, address))
}

/** The recipients that do not ignore a mail, and a reason for each of the others. */
export interface Heeded {
  readonly recipients: readonly Recipient[]
  readonly reasons: readonly string[]
}

/** A recipient ignores a mail as the queue does that the mail would go to. Of an answer that is the queue of its ticket. */
export function heededBy({ ignores, recipients, thread, defaultQueue }: MailFacts): Heeded {
  const heeding: Recipient[] = []
  const reasons: string[] = []
  for (const recipient of recipients) {
    const own = recipient.kind === 'queue' ? recipient.queue : defaultQueue
    const entry = entryFor(ignores, thread ? thread.ticket.queue : own?.id)
    if (!entry) heeding.push(recipient)
    else reasons.push(`entry ${entry.id} of the ignore list, ${entry.email}, for ${recipient.address}`)
  }
  return { recipients: heeding, reasons }
}
