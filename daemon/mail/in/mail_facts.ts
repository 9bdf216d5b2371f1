// One thing: the facts about a mail that its verdict depends on, each worked out once.
import { Failure } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ignore, Queue, User } from '../../../data/tables.ts'
import type { SpentKey } from '../../../handlers/letters/spent_key.ts'
import { defaultQueue } from '../../../handlers/queues/default_queue.ts'
import { slugsOf } from '../../../handlers/queues/queue_with_slug.ts'
import { hasTickets } from '../../../handlers/tickets/own_tickets.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { asksUsers } from '../reply_proofs.ts'
import { type ChoiceMade, choiceMade } from './answers/choice_made.ts'
import { type UsersWords, usersWordsOf } from './answers/users_words.ts'
import { type Answered, answeredOf } from './confirm/answered.ts'
import { type AskedLetter, askedLetterOf } from './confirm/asked_letter.ts'
import { ignoresOf } from './ignored.ts'
import type { Incoming } from './incoming.ts'
import { joiningOf } from './joining.ts'
import type { MailKind } from './kind.ts'
import type { MailSays } from './mail_says.ts'
import type { MailSite } from './mail_site.ts'
import { type MailWriter, markedKindOf, writerOf } from './mail_writer.ts'
import { addressedIn } from './marks/addressed.ts'
import { type Importance, importanceOf } from './marks/importance.ts'
import { mailAuthorOf } from './marks/list_author.ts'
import { spamMarkIn } from './marks/spam_mark.ts'
import { isFormAddress, type ProvenBy, prove } from './proofs/proof.ts'
import { spentKeysOf } from './proofs/spent_keys.ts'
import { type Received, saysMore } from './received/received.ts'
import { isOurs, type OurAddresses, type Recipient, recipientOf } from './smtp/recipient.ts'
import { type Stopped, stoppedBy } from './stopped.ts'
import { type Thread, threadByOpening, threadOf } from './thread.ts'

/** All facts about a mail that the verdict depends on. Its `asksStatus` is undefined if there is no ticket to tell about. */
export interface MailFacts extends MailSays, MailWriter, UsersWords {
  readonly recipients: readonly Recipient[]
  /** The queue for mail to the helpdesk's own address; undefined if there are no queues. */
  readonly defaultQueue: Queue | undefined
  readonly subject: string
  /** Whether the charset of the subject was guessed. */
  readonly isSubjectGuess: boolean
  /** A clause, if a list hides the author. */
  readonly authorReason: string | undefined
  readonly thread: Thread | undefined
  /** The letter about a command without proof that it answers, and what it says if a person wrote it. */
  readonly asked: AskedLetter | undefined
  readonly answered: Answered | undefined
  /** The user that it is proven to be from, and how. */
  readonly proof: ProvenBy | undefined
  /** Why the proofs that it uses do not hold, as clauses. */
  readonly refusals: readonly string[]
  /** The user who is asked about a command in it, since nothing proves who wrote it; undefined if nobody is. */
  readonly asks: User | undefined
  /** The keys of letters to users that it shows to be known to others. */
  readonly spentKeys: readonly SpentKey[]
  /** Whose letters about a ticket it stops. */
  readonly stopped: Stopped | undefined
  /** What its sender says of a resolution by a link. */
  readonly made: ChoiceMade | undefined
  /** The entries of the ignore list for its sender; none for a proven user. */
  readonly ignores: readonly Ignore[]
  /** Why it counts as spam; never for a proven user, or for a mail that an operator replays. */
  readonly spamMark: string | undefined
  /** What its header asks for. */
  readonly importance: Importance | undefined
  /** The addresses in To and Cc that may become watchers. */
  readonly joining: readonly string[]
  /** The slugs of all queues, also former ones, if the mail may open a ticket: their tags do not belong into its title. */
  readonly slugs: ReadonlySet<string>
}

/** A mail that is about to be judged. */
export interface SeenMail {
  readonly incoming: Incoming
  /** The recipients who have not received it before. */
  readonly fresh: readonly string[]
  readonly mail: Received
  readonly said: MailSays
}

/** Looks up the facts about a mail. Throws Failure `not_found` if none of its recipients is our address any more. */
export async function mailFactsOf(tx: Reader, site: MailSite, seen: SeenMail): Promise<MailFacts> {
  const { config } = site
  const { incoming, fresh, mail, said } = seen
  const { headers, subject, isSubjectGuess } = mail
  const { envelopeFrom, replayOf } = incoming
  const recipients = await recipientsOf(tx, site, fresh)
  const usual = await defaultQueue(tx, config['mail.queue'])
  const { from, reason: authorReason } = await mailAuthorOf(mail, config['mail.lists'], address =>
    isOurs(tx, site, address),
  )
  const asked = await askedLetterOf(tx, said.signs, mail)
  // What we have asked is no matter of the tickets that the command names.
  const found = asked ? undefined : await threadOf(tx, said.signs, { headers, subject, from })
  const addressed = await addressedIn(tx, site, mail)
  const isAnswer = found !== undefined || asked !== undefined
  const marked = markedKindOf(site, seen, { from, addressed, isAnswer })
  // A submitter may answer the mail that opened the ticket, which is no letter of ours.
  const mayAnswerOpening = !isAnswer && marked.kind === 'person'
  const thread = mayAnswerOpening ? await threadByOpening(tx, said.signs, { headers, subject, from }) : found
  const writer = await writerOf(tx, site, seen, { from, marked, thread })
  const { kind } = writer.kind
  const { proof, refusals, asks } = writer.isFromUs ? UNPROVEN : await provenBy(tx, site, seen, kind)
  const queues = queuesOf(recipients, usual)
  const words = await usersWordsOf(tx, site, seen, { ...writer, thread, proof, queues })
  const stopped = await stoppedBy(tx, recipients)
  // What a person writes about a ticket that is gone opens a new one.
  const isLost = stopped !== undefined && !stopped.ticket && writer.marked.kind === 'person' && saysMore(mail)
  // What is spread comes last: V8 takes twenty times as long to add so many fields to a copy.
  return {
    recipients,
    defaultQueue: usual,
    subject,
    isSubjectGuess,
    authorReason,
    thread,
    asked,
    answered: asked && (await answeredOf(tx, site, asked, mail, incoming)),
    proof,
    // The key of a letter that asks proves nothing of its own, and is not meant to.
    refusals: asked ? [] : refusals,
    asks,
    spentKeys: await spentKeysOf(tx, site, mail, kind, said.signs.keys),
    stopped: isLost ? undefined : stopped,
    made: await choiceMade(tx, recipients, Date.now()),
    ignores: proof ? [] : await ignoresOf(tx, from.address, envelopeFrom),
    spamMark: proof || replayOf !== undefined ? undefined : spamMarkIn(headers, config['mail.spam_header']),
    importance: importanceOf(headers),
    // Of a mail that may be about something else, nobody joins.
    joining: words.isInDoubt ? [] : joiningOf(addressed, { kind, thread, proof }),
    slugs: new Set(thread ? [] : (await tx.find('queues', {})).flatMap(slugsOf)),
    ...said,
    ...writer,
    ...words,
    asksStatus:
      said.asksStatus !== undefined && (await hasTickets(tx, said.asksStatus)) ? said.asksStatus : undefined,
  }
}

type Proving = Pick<MailFacts, 'proof' | 'refusals' | 'asks'>
const UNPROVEN: Proving = { proof: undefined, refusals: [], asks: undefined }

/** What proves who wrote a mail; or why nothing does, and which user is asked. */
async function provenBy(
  tx: Reader,
  site: MailSite,
  { incoming, mail, said: { gated, signs } }: SeenMail,
  kind: MailKind,
): Promise<Proving> {
  if ('refused' in gated) return UNPROVEN
  const { from } = gated
  const { proof, refusals } = await prove(tx, site, { mail, incoming, kind, from, keys: signs.keys })
  const isNobodys = incoming.replayOf !== undefined || isFormAddress(site, from)
  const mayAsk = asksUsers(site.config) && kind === 'person' && !isNobodys
  return { proof, refusals, asks: mayAsk && !proof ? await userAt(tx, from) : undefined }
}

/** The queues in which a mail to these recipients opens a ticket, each once; none if it needs the default queue, and there is none. */
export function queuesOf(recipients: readonly Recipient[], usual: Queue | undefined): readonly Queue[] {
  const queues = recipients.map(one => (one.kind === 'queue' ? one.queue : usual))
  if (!queues.every(queue => queue !== undefined)) return []
  return [...new Map(queues.map(queue => [queue.id, queue])).values()]
}

/** Throws Failure `not_found` if none of the addresses is ours any more. */
async function recipientsOf(
  tx: Reader,
  ours: OurAddresses,
  addresses: readonly string[],
): Promise<Recipient[]> {
  const found = await Promise.all(addresses.map(address => recipientOf(tx, ours, address)))
  const recipients = found.filter(recipient => recipient !== undefined)
  if (recipients.length === 0) throw new Failure('not_found', 'This recipient address no longer exists.')
  return recipients
}
