// One thing: the follow-ups of a ticket as programs get them. The reading, the numbers and the schema depend on each other.
import type { Reader } from '../../data/store.ts'
import type { Attachment, Author, Door, Followup, Letter, Ticket } from '../../data/tables.ts'
import { nameOf } from '../author_name.ts'
import type { Call } from '../method.ts'
import { BOOLEAN, COUNT, ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { attachmentsOf } from './attachments.ts'
import { CHANGE_FACTS, type ChangeFacts, changeFacts } from './change_facts.ts'

/** How many follow-ups are given and read at a time, and how many letters are looked at. */
const MOST = 500
const AT_A_TIME = 50
const MOST_LETTERS = 5000

export interface FollowupFacts {
  /** Its place in the ticket, counted from 1. */
  readonly number: number
  readonly date: string
  readonly author: string
  readonly author_kind: Author['kind']
  readonly door: Door
  readonly public: boolean
  readonly comment: string
  /** Whether the comment is only the beginning of a longer text. */
  readonly is_beginning: boolean
  /** What get_original gives, if the text was converted or something was taken off. */
  readonly original: Omit<Attachment, 'file'> | null
  /** Whether its mail has no new words. */
  readonly nothing_new: boolean
  readonly changes: readonly ChangeFacts[]
  /** With the numbers that get_attachment takes. */
  readonly attachments: readonly (Omit<Attachment, 'file'> & { readonly attachment: number })[]
  readonly letters: readonly Required<Pick<Letter, 'to' | 'event' | 'state' | 'reports'>>[]
}
const FILE_FACTS = { filename: TEXT, mime_type: TEXT, size: COUNT }
export const FOLLOWUP_FACTS = objectOf({
  number: ID,
  date: INSTANT,
  author: TEXT,
  author_kind: { type: 'string', enum: ['user', 'submitter', 'operator', 'daemon'] },
  door: { type: 'string', enum: ['http', 'mail', 'shell', 'daemon'] },
  public: BOOLEAN,
  comment: TEXT,
  is_beginning: BOOLEAN,
  original: orNull(objectOf(FILE_FACTS)),
  nothing_new: BOOLEAN,
  changes: listOf(objectOf(CHANGE_FACTS)),
  attachments: listOf(objectOf({ attachment: ID, ...FILE_FACTS })),
  letters: listOf(
    objectOf({
      to: TEXT,
      event: TEXT,
      state: { type: 'string', enum: ['waiting', 'sent', 'failed'] },
      reports: listOf(
        objectOf({
          at: INSTANT,
          outcome: { type: 'string', enum: ['delayed', 'delivered', 'read', 'complaint'] },
          words: TEXT,
        }),
      ),
    }),
  ),
})

/** The newest follow-ups of a ticket, oldest first: with about `most` characters of text, at most 500, at least one. */
export async function followupFactsOf(
  call: Pick<Call, 'tx' | 'actor'>,
  { id: ticket }: Ticket,
  most: number,
): Promise<FollowupFacts[]> {
  const { tx } = call
  const newest = await newestOf(tx, ticket, most)
  const all = await tx.count('followups', { ticket })
  const numbers = await attachmentNumbers(tx, ticket)
  const letters = await tx.find('letters', { ticket }, { newest: true, limit: MOST_LETTERS })
  const facts: FollowupFacts[] = []
  for (const [at, followup] of newest.reverse().entries()) {
    const { id, author, changes, date, door, comment } = followup
    const user = author.kind === 'user' ? await tx.get('users', author.user) : undefined
    const told: ChangeFacts[] = []
    for (const change of changes) told.push(await changeFacts(call, change))
    const first = numbers.get(id) ?? 0
    const own = letters.filter(letter => letter.followup === id).reverse()
    // Those that tell of several follow-ups.
    const others = (await tx.find('letters', { followups: id })).filter(letter => letter.followup !== id)
    facts.push({
      number: all - newest.length + at + 1,
      date,
      author: nameOf(author, user && (user.full_name || user.username)),
      author_kind: author.kind,
      door,
      public: followup.public,
      comment,
      is_beginning: followup.comment_file !== undefined,
      original: followup.original ? fileFactsOf(followup.original) : null,
      nothing_new: followup.nothing_new ?? false,
      changes: told,
      attachments: followup.attachments.map((one, at) => ({ attachment: first + at, ...fileFactsOf(one) })),
      letters: [...own, ...others].map(({ to, event, state, reports = [] }) => ({
        to,
        event,
        state,
        reports,
      })),
    })
  }
  return facts
}

function fileFactsOf({ file: _, ...facts }: Attachment): Omit<Attachment, 'file'> {
  return facts
}

/** Newest first. They are read a few at a time, since each may be long. */
async function newestOf(tx: Reader, ticket: number, most: number): Promise<Followup[]> {
  const found: Followup[] = []
  let length = 0
  for (;;) {
    const last = found.at(-1)
    const page = { newest: true, limit: AT_A_TIME, ...(last ? { after: last.id } : {}) } as const
    const some = await tx.find('followups', { ticket }, page)
    for (const followup of some) {
      length += followup.comment.length
      if (found.length > 0 && (length > most || found.length === MOST)) return found
      found.push(followup)
    }
    if (some.length < AT_A_TIME) return found
  }
}

/** The number of the first attachment of each follow-up that has some. */
async function attachmentNumbers(tx: Reader, ticket: number): Promise<Map<number, number>> {
  const first = new Map<number, number>()
  for (const [at, { followup }] of (await attachmentsOf(tx, ticket)).entries())
    if (!first.has(followup.id)) first.set(followup.id, at + 1)
  return first
}
