import { mailbox } from '../../../data/address.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Reader } from '../../../data/store.ts'
import type { Author, Followup, Letter, Queue, Ticket } from '../../../data/tables.ts'
import { dateOf } from '../../../handlers/escalation/day.ts'
import type { Zone } from '../../../handlers/escalation/zone.ts'
import { isUnconfirmed } from '../../../handlers/tickets/watchers.ts'
import type { Role } from './about.ts'
import { type Quote, quoteOf } from './quote.ts'

/** How many earlier follow-ups a letter quotes, and how much of them in all, in bytes. */
const MOST = 3
const MOST_BYTES = 10 * KIB
/** How many of them are searched. */
const MOST_LOOKED_AT = 50
const CUT = '…'

/** A public follow-up from before that of a letter. */
export interface Earlier {
  readonly author: Author
  /** The name of the user who is that; undefined for others, and for a user who is gone. */
  readonly user: string | undefined
  /** As `YYYY-MM-DD`. */
  readonly day: string
  readonly quote: Quote
}

/**
 * The public follow-ups before that of a letter that it quotes, the newest first: for a submitter or a watcher, if the queue wants that.
 * Only what was written since the reader hears of the ticket: others may have written before to somebody else. An unconfirmed watcher,
 * since anybody can name one, gets none.
 */
export async function earlierIn(
  tx: Reader,
  { to, followup }: Letter,
  about: { readonly ticket: Ticket; readonly queue: Queue; readonly role: Role; readonly zone: Zone },
): Promise<readonly Earlier[]> {
  const { ticket, queue, role, zone } = about
  if (!queue.quote || followup === null || role === 'staff' || isUnconfirmed(ticket, to)) return []
  const found: Earlier[] = []
  let left = MOST_BYTES
  const before = { newest: true, after: followup, limit: MOST_LOOKED_AT } as const
  for (const one of await tx.find('followups', { ticket: ticket.id }, before)) {
    if (isQuotable(one)) {
      const quote = marked(quoteOf(one, left))
      const { author } = one
      const user = author.kind === 'user' ? await tx.get('users', author.user) : undefined
      const day = dateOf(zone.dayAt(Date.parse(one.date)))
      found.push({ author, user: user && (user.full_name || user.username), day, quote })
      left -= Buffer.byteLength(quote.text)
    }
    if (found.length === MOST || left <= 0 || hasJoined(one, to)) break
  }
  return found
}

function isQuotable({ public: open, comment, redacted, nothing_new, author }: Followup): boolean {
  return open && comment.trim() !== '' && !redacted && !nothing_new && author.kind !== 'daemon'
}

/** A text of which only the beginning is quoted ends with three dots. */
function marked({ text, html, isWhole }: Quote): Quote {
  if (isWhole) return { text, isWhole, ...(html === undefined ? {} : { html }) }
  const more = html === undefined ? {} : { html: `${html}<p>${CUT}</p>` }
  return { text: text === '' ? CUT : `${text}\n${CUT}`, isWhole, ...more }
}

/** Whether a follow-up made an address the submitter or a watcher. */
function hasJoined({ changes }: Followup, address: string): boolean {
  return changes.some(
    ({ field, to }) =>
      (field === 'watchers' || field === 'submitter_email') &&
      typeof to === 'string' &&
      mailbox(to) === mailbox(address),
  )
}
