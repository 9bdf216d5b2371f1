// One thing: who wrote a mail, and whose its ticket would be.
import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { User } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import type { From } from './content/sender/from_field.ts'
import { CONSEQUENCES, type KindOf, kindOf, type MailKind } from './kind.ts'
import type { SeenMail } from './mail_facts.ts'
import type { MailSite } from './mail_site.ts'
import { type Addressed, isAddressed } from './marks/addressed.ts'
import { ownListIn } from './marks/own_list.ts'
import { isOurs } from './smtp/recipient.ts'
import { type MailSubmitter, senderName, submitterOf } from './submitter.ts'
import type { Thread } from './thread.ts'

const PERSON: KindOf = { kind: 'person', reason: undefined }
/** What forms send: some say in the header that they are machines. */
const FORM_KINDS: readonly MailKind[] = ['person', 'machine', 'bulk']
const FORM_ALONE: KindOf = { kind: 'machine', reason: 'a form wrote it, and its Reply-To names no person' }
const OURS: KindOf = { kind: 'machine', reason: 'its sender is one of our own addresses' }

/** Who wrote a mail. */
export interface MailWriter {
  /** The kind of its writer, and why we think so. */
  readonly kind: KindOf
  /** The same by the marks of the mail alone, whether or not a form or an address of ours has sent it. */
  readonly marked: KindOf
  /** Who wrote it, for the record of what it does: the sender, or the person behind a form or a list. */
  readonly author: ParsedSender
  /** The user whose address that is, proven or not. */
  readonly named: User | undefined
  /** Whether the sender is one of our own addresses, which proves nothing. */
  readonly isFromUs: boolean
  /** Of a new ticket. */
  readonly submitter: MailSubmitter
}

/** What the marks of a mail depend on besides the mail itself. */
interface Seen {
  /** The sender, or the person behind a list. */
  readonly from: From
  readonly addressed: readonly Addressed[]
  /** Whether it answers a letter of ours. */
  readonly isAnswer: boolean
}

/** The kind of the writer of a mail by its marks alone. */
export function markedKindOf(
  { config }: Pick<MailSite, 'config'>,
  { incoming, mail, said: { report } }: SeenMail,
  { from, addressed, isAnswer }: Seen,
): KindOf {
  const { headers, subject } = mail
  const { envelopeFrom } = incoming
  return kindOf({
    headers,
    envelopeFrom,
    from,
    subject,
    isAnswer,
    report,
    ownList: ownListIn(headers, envelopeFrom, config['mail.lists']),
    isAddressed: isAddressed(addressed, incoming, mail),
  })
}

interface Around extends Pick<Seen, 'from'> {
  readonly marked: KindOf
  readonly thread: Thread | undefined
}

/** Finds out who wrote a mail to us. */
export async function writerOf(
  tx: Reader,
  site: MailSite,
  { incoming: { envelopeFrom }, mail: { replyTo } }: SeenMail,
  { from, marked, thread }: Around,
): Promise<MailWriter> {
  const { config } = site
  const forms = config['mail.forms']
  const isOur = async (address: string | null) => address !== null && isOurs(tx, site, address)
  // The address of a user may forward to us, too.
  const isAlias = from.address !== null && config['mail.aliases'].includes(mailbox(from.address))
  const isUsers = isAlias && (await userAt(tx, from.address)) !== undefined
  const isFromUs = !isUsers && (await isOur(from.address))
  // Nobody can be answered at a null return path, and we do not answer ourselves.
  const submitter: MailSubmitter =
    isFromUs || envelopeFrom === '' || !CONSEQUENCES[marked.kind].keepsSubmitter
      ? { address: null, name: from.written, by: 'from' }
      : submitterOf(from, (await isOur(replyTo.address)) ? undefined : replyTo, forms)
  const isForm = submitter.by === 'form' && !thread
  const author = isForm ? submitter : { address: from.address, name: senderName(from) }
  return {
    kind: isFromUs ? OURS : kindBehindForm(marked, submitter, from.address, forms, thread),
    marked,
    author,
    named: author.address === null ? undefined : await userAt(tx, author.address),
    isFromUs,
    submitter,
  }
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
