// One thing: the facts about a mail that its verdict depends on, each worked out once.
import { mailbox } from '../../../data/address.ts'
import { Failure } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ignore, Queue, User } from '../../../data/tables.ts'
import type { Labelled } from '../../../handlers/command/batch.ts'
import type { SlashCommands } from '../../../handlers/command/slash.ts'
import type { SpentKey } from '../../../handlers/letters/spent_key.ts'
import { defaultQueue } from '../../../handlers/queues/default_queue.ts'
import { slugsOf } from '../../../handlers/queues/queue_with_slug.ts'
import { hasTickets } from '../../../handlers/tickets/own_tickets.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import { asksUsers } from '../reply_proofs.ts'
import type { ReturnedLetter, SignedIds } from '../signed_ids.ts'
import { type AgentsAnswer, agentsAnswerOf } from './answers/agents_answer.ts'
import { unfitOf } from './answers/unfit.ts'
import { batchOfMail, slashOfMail } from './commands/text_commands.ts'
import { type Answered, answeredOf } from './confirm/answered.ts'
import { type AskedLetter, askedLetterOf } from './confirm/asked_letter.ts'
import { type AgentsForward, agentsForwardOf } from './forwards/agents_forward.ts'
import { ignoresOf } from './ignored.ts'
import type { Incoming } from './incoming.ts'
import { joiningOf } from './joining.ts'
import { CONSEQUENCES, type KindOf, kindOf, type MailKind, suppressesReplies } from './kind.ts'
import { loopOf } from './loops.ts'
import type { MailSite } from './mail_site.ts'
import { addressedIn, isAddressed } from './marks/addressed.ts'
import { type Importance, importanceOf } from './marks/importance.ts'
import { mailAuthorOf } from './marks/list_author.ts'
import { ownListIn } from './marks/own_list.ts'
import { spamMarkIn } from './marks/spam_mark.ts'
import type { Gated } from './proofs/header_gate.ts'
import { type ProvenBy, prove, tokenOf } from './proofs/proof.ts'
import { spentKeysOf } from './proofs/spent_keys.ts'
import { type Received, saysMore } from './received/received.ts'
import { complaintIn } from './reports/complaint.ts'
import { type DeliveryReport, reportIn } from './reports/delivery_report.ts'
import { answeredLetter, returnedLetter } from './reports/reported_letter.ts'
import { strictSender } from './sender.ts'
import { isOurs, type OurAddresses, type Recipient, recipientOf } from './smtp/recipient.ts'
import { type StoppedWatcher, stoppedBy } from './stopped.ts'
import { type MailSubmitter, senderName, submitterOf } from './submitter.ts'
import { type Thread, tagsIn, threadByOpening, threadOf } from './thread.ts'

/** The subject of a mail that asks for the status. */
const STATUS = /^[ \t]*status[.!?]?[ \t]*$/i

const UNPROVEN = { proof: undefined, refusals: [] }
const PERSON: KindOf = { kind: 'person', reason: undefined }
/** What forms send: some say in the header that they are machines. */
const FORM_KINDS: readonly MailKind[] = ['person', 'machine', 'bulk']
const FORM_ALONE: KindOf = { kind: 'machine', reason: 'a form wrote it, and its Reply-To names no person' }
const OURS: KindOf = { kind: 'machine', reason: 'its sender is one of our own addresses' }

/** All facts about a mail that the verdict depends on. */
export interface MailFacts {
  readonly recipients: readonly Recipient[]
  /** The queue for mail to the helpdesk's own address; undefined if there are no queues. */
  readonly defaultQueue: Queue | undefined
  readonly subject: string
  /** Whether the charset of the subject was guessed. */
  readonly isSubjectGuess: boolean
  /** Who wrote it, and why we think so. */
  readonly kind: KindOf
  /** Whether the sender asks for no automatic answers. */
  readonly suppressesReplies: boolean
  /** Why it is in a loop; never for a mail that an operator replays. */
  readonly loop: string | undefined
  /** What it reports about the delivery of a letter. */
  readonly report: DeliveryReport | undefined
  /** The letter that it reports on, as the Message-ID says that it returns or names. */
  readonly reported: ReturnedLetter | undefined
  readonly gated: Gated
  /** The commands of a batch, or why it is none. */
  readonly batch: readonly Labelled[] | Failure | undefined
  /** The address in From, if the mail only asks for the status and a ticket has this submitter. */
  readonly asksStatus: string | undefined
  /** The user that it is proven to be from, and how. */
  readonly proof: ProvenBy | undefined
  /** The user who is asked about a command in it, since nothing proves who wrote it; undefined if nobody is. */
  readonly asks: User | undefined
  /** The letter about a command without proof that it answers, and what it says if a person wrote it. */
  readonly asked: AskedLetter | undefined
  readonly answered: Answered | undefined
  /** Why the proofs that it uses do not hold, as clauses. */
  readonly refusals: readonly string[]
  /** The keys of letters to users that it shows to be known to others. */
  readonly spentKeys: readonly SpentKey[]
  /** The user whose address is in From, proven or not. */
  readonly named: User | undefined
  /** Who wrote it, for the record of what it does: the sender, or the person behind a form or a list. */
  readonly author: ParsedSender
  /** A clause, if a list hides the author. */
  readonly authorReason: string | undefined
  readonly thread: Thread | undefined
  /** What it is in that thread, if a person has written it who is proven to be an agent. */
  readonly answer: AgentsAnswer | undefined
  /** The commands at the top of such an answer, or why a line there is none. */
  readonly slash: SlashCommands | Failure | undefined
  /** Why what a user's mail says must not go to the submitter. */
  readonly unfit: string | undefined
  /** What it is if it belongs to no ticket, and a person has written it who is proven to be an agent and forwards it for somebody else. */
  readonly forward: AgentsForward | undefined
  /** The watcher that it takes away from a ticket. */
  readonly stopped: StoppedWatcher | undefined
  /** The entries of the ignore list for its sender; none for a proven user. */
  readonly ignores: readonly Ignore[]
  /** Why it counts as spam; never for a proven user, or for a mail that an operator replays. */
  readonly spamMark: string | undefined
  /** What its header asks for. */
  readonly importance: Importance | undefined
  /** Of a new ticket. */
  readonly submitter: MailSubmitter
  /** The addresses in To and Cc that may become watchers. */
  readonly joining: readonly string[]
  /** The slugs of all queues, also former ones, if the mail may open a ticket: their tags do not belong into its title. */
  readonly slugs: ReadonlySet<string>
}

/** The facts that need no look-up in the store; `asksStatus` as far as the mail says it. */
export type MailSays = Pick<
  MailFacts,
  'gated' | 'batch' | 'suppressesReplies' | 'loop' | 'report' | 'reported' | 'asksStatus'
>

export function saysOf(mail: Received, incoming: Incoming, signedIds: SignedIds): MailSays {
  const { envelopeFrom, sessionUser, recipients, replayOf } = incoming
  const gated = strictSender(mail, sessionUser)
  const isReturned = recipients.some(address => signedIds.letterOf(address) !== undefined)
  const returned = returnedLetter(mail, signedIds)
  // No person writes with a null return path and our letter behind the words.
  const report =
    (isReturned ? complaintIn(mail) : undefined) ??
    reportIn(mail, envelopeFrom, isReturned || (envelopeFrom === '' && returned !== undefined))
  return {
    gated,
    batch: batchOfMail(mail),
    asksStatus: 'from' in gated && STATUS.test(mail.subject) && !saysMore(mail) ? gated.from : undefined,
    suppressesReplies: suppressesReplies(mail.headers),
    loop: replayOf === undefined ? loopOf(mail.headers, incoming, signedIds) : undefined,
    report,
    reported: report && (returned ?? answeredLetter(mail, signedIds)),
  }
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
export async function mailFactsOf(
  tx: Reader,
  site: MailSite,
  { incoming, fresh, mail, said }: SeenMail,
): Promise<MailFacts> {
  const { config } = site
  const { headers, subject, isSubjectGuess, replyTo } = mail
  const { envelopeFrom } = incoming
  const recipients = await recipientsOf(tx, site, fresh)
  const isOur = async (address: string | null) => address !== null && isOurs(tx, site, address)
  const addressed = await addressedIn(tx, site, mail)
  const lists = config['mail.lists']
  const { from: author, reason: authorReason } = await mailAuthorOf(mail, lists, isOur)
  const asked = await askedLetterOf(tx, site, mail, incoming)
  // What we have asked is no matter of the tickets that the command names.
  const found = asked
    ? undefined
    : await threadOf(tx, site.signedIds, { headers, subject, from: author }, recipients)
  // The address of a user may forward to us, too.
  const isAlias = author.address !== null && config['mail.aliases'].includes(mailbox(author.address))
  const isUsers = isAlias && (await userAt(tx, author.address)) !== undefined
  const isFromUs = !isUsers && (await isOur(author.address))
  const foreignReplyTo = (await isOur(replyTo.address)) ? undefined : replyTo
  const marked = kindOf({
    ...said,
    headers,
    envelopeFrom,
    from: author,
    subject,
    isAnswer: found !== undefined || asked !== undefined,
    ownList: ownListIn(headers, envelopeFrom, lists),
    isAddressed: isAddressed(addressed, incoming, mail),
  })
  const isAsOwn = !found && !asked && marked.kind === 'person'
  const thread = isAsOwn ? await threadByOpening(tx, { headers, subject, from: author }) : found
  // Nobody can be answered at a null return path, and we do not answer ourselves.
  const submitter: MailSubmitter =
    isFromUs || envelopeFrom === '' || !CONSEQUENCES[marked.kind].keepsSubmitter
      ? { address: null, name: author.written, by: 'from' }
      : submitterOf(author, foreignReplyTo, config['mail.forms'])
  const isForm = submitter.by === 'form' && !thread
  const writer = isForm ? submitter : { address: author.address, name: senderName(author) }
  const kind = isFromUs
    ? OURS
    : kindBehindForm(marked, submitter, author.address, config['mail.forms'], thread)
  const { proof, refusals } =
    'from' in said.gated && !isFromUs
      ? await prove(tx, site, { mail, incoming, kind: kind.kind, from: said.gated.from })
      : UNPROVEN
  const named = writer.address === null ? undefined : await userAt(tx, writer.address)
  const isAgents = proof !== undefined && named?.id === proof.user.id && CONSEQUENCES[kind.kind].isPersons
  const unfit = named || proof ? unfitOf(mail) : undefined
  const commands = thread && isAgents ? slashOfMail(mail, thread.ticket.id) : undefined
  const how = { token: proof && tokenOf(proof, incoming), commands: commands !== undefined, unfit }
  const answer =
    thread && isAgents ? await agentsAnswerOf(tx, site, mail, { thread, proof, ...how }) : undefined
  const isInDoubt =
    thread !== undefined && answer?.since !== undefined && !tagsIn(subject).includes(thread.ticket.id)
  const usual = await defaultQueue(tx, config['mail.queue'])
  const queues = queuesOf(recipients, usual)
  const forward =
    !thread && isAgents
      ? await agentsForwardOf(tx, site, mail, { proof, token: tokenOf(proof, incoming), queues })
      : undefined
  const asks =
    'from' in said.gated && !isFromUs && !proof && kind.kind === 'person' && incoming.replayOf === undefined
      ? await userAsked(tx, site, said.gated.from)
      : undefined
  const stopped = await stoppedBy(tx, recipients)
  // What a person writes about a ticket that is gone opens a new one.
  const isLost = stopped !== undefined && !stopped.ticket && marked.kind === 'person' && saysMore(mail)
  return {
    ...said,
    asksStatus:
      said.asksStatus !== undefined && (await hasTickets(tx, said.asksStatus)) ? said.asksStatus : undefined,
    kind,
    submitter,
    // Of a mail that may be about something else, nobody joins.
    joining: isInDoubt ? [] : joiningOf(addressed, { kind: kind.kind, thread, proof }),
    recipients,
    defaultQueue: usual,
    subject,
    isSubjectGuess,
    proof,
    // The key of a letter that asks proves nothing of its own, and is not meant to.
    refusals: asked ? [] : refusals,
    asks,
    asked,
    answered: asked && (await answeredOf(tx, site, asked, mail, incoming)),
    spentKeys: await spentKeysOf(tx, site, mail, incoming, kind.kind),
    author: writer,
    authorReason,
    named,
    thread,
    answer,
    forward,
    slash: answer?.isInName ? commands : undefined,
    unfit,
    stopped: isLost ? undefined : stopped,
    ignores: proof ? [] : await ignoresOf(tx, author.address, envelopeFrom),
    spamMark:
      proof || incoming.replayOf !== undefined ? undefined : spamMarkIn(headers, config['mail.spam_header']),
    importance: importanceOf(headers),
    slugs: new Set(thread ? [] : (await tx.find('queues', {})).flatMap(slugsOf)),
  }
}

/** The queues in which a mail to these recipients opens a ticket, each once; none if it needs the default queue, and there is none. */
export function queuesOf(recipients: readonly Recipient[], usual: Queue | undefined): readonly Queue[] {
  const queues = recipients.map(one => (one.kind === 'queue' ? one.queue : usual))
  if (!queues.every(queue => queue !== undefined)) return []
  return [...new Map(queues.map(queue => [queue.id, queue])).values()]
}

/** The active user whose address is in From, if users are asked about commands without proof. */
async function userAsked(tx: Reader, { config }: MailSite, from: string): Promise<User | undefined> {
  return asksUsers(config) ? userAt(tx, from) : undefined
}

/** The kind of a mail of a form: a person's if it names one in Reply-To, unless a program answers for somebody; else a machine's. */
function kindBehindForm(
  marked: KindOf,
  { by }: MailSubmitter,
  from: string | null,
  forms: readonly string[],
  thread: Thread | undefined,
): KindOf {
  if (thread || from === null || !forms.includes(mailbox(from)) || !FORM_KINDS.includes(marked.kind))
    return marked
  return by === 'form' ? PERSON : FORM_ALONE
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
