import { Failure } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { Queue, User } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { SignedIds } from '../signed_ids.ts'
import { defaultQueue } from './default_queue.ts'
import { failureIn } from './delivery_report.ts'
import type { Incoming } from './incoming.ts'
import { automaticReason } from './kind.ts'
import type { MailSite } from './mail_site.ts'
import type { Gated } from './proofs/header_gate.ts'
import { prove } from './proofs/smtp_auth.ts'
import type { Received } from './received.ts'
import { strictSender } from './sender.ts'
import { type Recipient, recipientOf } from './smtp/recipient.ts'
import { type Thread, threadOf } from './thread.ts'

/** All that is known of a mail when it is judged. */
export interface MailFacts {
  readonly recipients: readonly Recipient[]
  /** Where mail to the helpdesk's own address goes. */
  readonly defaultQueue: Queue | undefined
  readonly subject: string
  /** Why it was not written by a person, if something says so. */
  readonly automatic: string | undefined
  /** Why one of our letters did not arrive, if that is what it says. */
  readonly failure: string | undefined
  readonly gated: Gated
  /** The user that it is proven to be from. */
  readonly user: User | undefined
  /** The user whose address it names as its sender, proven or not. */
  readonly named: User | undefined
  readonly thread: Thread | undefined
}

/** What the mail alone says. */
export type MailSays = Pick<MailFacts, 'gated' | 'automatic' | 'failure'>

export function saidBy(mail: Received, { envelopeFrom, sessionUser }: Incoming): MailSays {
  return {
    gated: strictSender(mail, sessionUser),
    automatic: automaticReason(mail.headers, envelopeFrom, mail.from),
    failure: envelopeFrom === '' ? failureIn(mail) : undefined,
  }
}

/** A mail whose facts are looked up. */
export interface SeenMail {
  readonly incoming: Incoming
  /** Those of its recipients who have not had it before. */
  readonly fresh: readonly string[]
  readonly mail: Received
  readonly said: MailSays
}

/** Looks up what is known of a mail. Throws Failure `not_found` when none of its recipients is ours any more. */
export async function mailFactsOf(
  tx: Reader,
  { config, signedIds }: MailSite,
  { incoming, fresh, mail, said }: SeenMail,
): Promise<MailFacts> {
  const { subject, from } = mail
  const address = config['mail.address']
  const recipients = await recipientsOf(tx, signedIds, address, fresh)
  const isFromUs = from !== null && (await recipientOf(tx, signedIds, address, from)) !== undefined
  return {
    ...said,
    automatic: isFromUs ? 'its sender is one of our own addresses' : said.automatic,
    recipients,
    defaultQueue: await defaultQueue(tx, config['mail.queue']),
    subject,
    user:
      'from' in said.gated
        ? await prove(tx, config['commands.proofs'], said.gated.from, incoming.sessionUser)
        : undefined,
    named: from === null ? undefined : await userAt(tx, from),
    thread: await threadOf(tx, mail, incoming.envelopeFrom, recipients),
  }
}

/** Throws Failure `not_found` when none of them is ours any more. */
async function recipientsOf(
  tx: Reader,
  signedIds: SignedIds,
  mailAddress: string,
  addresses: readonly string[],
): Promise<Recipient[]> {
  const found = await Promise.all(addresses.map(address => recipientOf(tx, signedIds, mailAddress, address)))
  const recipients = found.filter(recipient => recipient !== undefined)
  if (recipients.length === 0) throw new Failure('not_found', 'This recipient address no longer exists.')
  return recipients
}
