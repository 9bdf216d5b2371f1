// One thing: whether what an agent forwards belongs to its original sender, and if not, why.
import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Queue, User } from '../../../../data/tables.ts'
import { tokenAllows } from '../../../../handlers/actor.ts'
import type { ParsedSender } from '../../../../handlers/value.ts'
import { sees } from '../../../../handlers/visible.ts'
import { isForward } from '../content/reply_prefix.ts'
import { CONSEQUENCES } from '../kind.ts'
import type { MailSite } from '../mail_site.ts'
import { isMachineAddress } from '../marks/machine_addresses.ts'
import type { ProvenBy } from '../proofs/proof.ts'
import type { Received, ReceivedForward } from '../received/received.ts'
import { isOurs } from '../smtp/recipient.ts'
import { type SubmitterLine, submitterLineIn } from './submitter_line.ts'

/** The method that opens its ticket. */
const METHOD = 'create_ticket'

/** A mail that an agent forwards for somebody else. */
export interface AgentsForward {
  readonly user: User
  /** Whose ticket it is; undefined if it stays that of the agent. */
  readonly original: OriginalSender | undefined
  /** Why it stays that of the agent: a clause. */
  readonly since: string | undefined
  /** The address that the agent has named, if it can be that of a submitter. */
  readonly named: string | undefined
}

/** Who gets the ticket of a forward. */
export interface OriginalSender {
  readonly submitter: ParsedSender & { readonly address: string }
  /** Whether a machine has written the mail. */
  readonly isMachine: boolean
  /** Why there is no acknowledgement: a clause. */
  readonly untold: string | undefined
  /** The subject of the forwarded mail; empty if it has none. */
  readonly subject: string
  /** What the agent says about it, to staff alone, before a signature is taken off. */
  readonly words: string
}

type Forwarding = {
  readonly proof: ProvenBy
  readonly token: number | undefined
  readonly queues: readonly Queue[]
}

/**
 * What a new mail of a proven agent forwards for somebody else: if its first line says so, or if its queues do. Undefined if neither does,
 * or if it is no forward and only its queues would say so.
 */
export async function agentsForwardOf(
  tx: Reader,
  site: MailSite,
  mail: Pick<Received, 'subject' | 'text' | 'forward' | 'attachments'>,
  { proof, token, queues }: Forwarding,
): Promise<AgentsForward | undefined> {
  const { user } = proof
  const { forward } = mail
  const line = submitterLineIn(forward?.inline?.words ?? mail.text.beginning)
  const isOfQueue = queues.length > 0 && queues.every(({ forwards }) => forwards)
  if (proof.ticket !== undefined) return undefined
  if (!line && !(isOfQueue && (forward || isForward(mail.subject)))) return undefined
  const found = originalOf(mail, line)
  const since =
    (await refusalOf(tx, user, token, queues)) ??
    ('since' in found ? found.since : await unfit(tx, site, user, found.submitter.address))
  const address = line?.named?.address ?? undefined
  const isFit = address !== undefined && (await unfit(tx, site, user, address)) === undefined
  const original = since !== undefined || 'since' in found ? undefined : found
  return { user, original, since, named: isFit ? address : undefined }
}

/** Why the agent may not open the ticket in the name of somebody else. */
async function refusalOf(
  tx: Reader,
  user: User,
  token: number | undefined,
  queues: readonly Queue[],
): Promise<string | undefined> {
  const hidden = queues.find(queue => !sees(user, queue.id))
  if (hidden) return `${user.username} does not see queue ${hidden.title}`
  return (await tokenAllows(tx, token, METHOD)) ? undefined : `its token cannot call ${METHOD}`
}

function originalOf(
  { forward, attachments, text }: Pick<Received, 'forward' | 'attachments' | 'text'>,
  line: SubmitterLine | undefined,
): OriginalSender | { readonly since: string } {
  if (!forward) return { since: 'no forwarded mail was found in your mail' }
  if (!forward.inline && !attachments.some(isAttachedMail))
    return { since: 'there was no room for the forwarded mail' }
  const { from, subject, inline } = forward
  const words = line?.rest ?? inline?.words ?? text.beginning
  if (line?.named) {
    const { address, name } = line.named
    if (address === null) return { since: `${line.words} is not one mail address` }
    const isSame = from.address !== null && mailbox(from.address) === mailbox(address)
    const sender = isSame ? { address, name: name || from.name } : { address, name }
    return { submitter: sender, subject, words, ...toldOf(address, isSame ? forward : undefined) }
  }
  if (forward.hasSeveralSenders) return { since: 'the attached mails have different senders' }
  const { address, name, written } = from
  if (address === null)
    return { since: `the forwarded mail names no address of its sender${written && `, only ${written}`}` }
  return { submitter: { address, name }, subject, words, ...toldOf(address, forward) }
}

/** Whether the sender of a mail is a machine, and why there is no acknowledgement. `forward` is undefined if another has sent it. */
function toldOf(
  address: string,
  forward: ReceivedForward | undefined,
): Pick<OriginalSender, 'isMachine' | 'untold'> {
  const { isPersons, isAcknowledged } = CONSEQUENCES[forward?.kind ?? 'person']
  if (isMachineAddress(address) || !isPersons)
    return { isMachine: true, untold: 'a machine has sent the mail' }
  if (!isAcknowledged) return { isMachine: false, untold: 'the mail was sent to many' }
  const untold = forward?.suppressesReplies ? 'the mail asks for no automatic answers' : undefined
  return { isMachine: false, untold }
}

/** Why an address cannot be that of the submitter. */
async function unfit(
  tx: Reader,
  site: MailSite,
  { addresses }: User,
  address: string,
): Promise<string | undefined> {
  if (addresses.includes(mailbox(address))) return `${address} is an address of your own`
  return (await isOurs(tx, site, address)) ? `${address} is an address of this helpdesk` : undefined
}

/** Whether a file is a mail. */
export function isAttachedMail({ mime_type }: { readonly mime_type: string }): boolean {
  return mime_type === 'message/rfc822'
}
