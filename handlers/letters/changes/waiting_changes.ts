// One thing: the letters about changes without words, which wait for more changes by the same person.
import { mailbox } from '../../../data/address.ts'
import { SECOND } from '../../../data/durations.ts'
import type { Author, Event, Followup, Letter, Ticket } from '../../../data/tables.ts'
import type { Call } from '../../method.ts'
import { userAt } from '../../user_at.ts'
import { dueOf, momentAfter } from '../gathered.ts'
import type { Weighed } from '../weight.ts'
import { eventFor } from './change_event.ts'

/** How long after its first change such a letter is sent, in milliseconds. */
export const CHANGES_WAIT = 70 * SECOND
/** How long before that it takes no more changes, since the outbox may have read it already. */
const CLOSED_BEFORE = 10 * SECOND
const ABOUT_CHANGES: readonly Event[] = ['assigned', 'taken', 'changed']
/** How many of the newest letters about a ticket are searched. */
const MOST_LOOKED_AT = 50
/** How many follow-ups after the first change are searched for more changes. */
const MOST_FOLLOWUPS = 200

/**
 * Adds a change without words to the letter in which the recipient is told of others by the same person on the ticket; gives whether
 * there is one. A letter that has nothing to tell any more is deleted.
 */
export async function isAdded(
  call: Call,
  { to, event, ticket }: Weighed,
  followup: Followup,
): Promise<boolean> {
  if (!isWithoutWords(event, followup)) return false
  const waiting = await waitingOn(call, ticket, { to })
  for (const letter of waiting)
    if (await isOpenFor(call, letter, followup.author)) {
      if (await isStillTold(call, letter, followup)) call.heard.add(to)
      return true
    }
  return false
}

/**
 * Corrects the other letters that tell of the same person's changes, if the owner has changed again. `heard` are the mailboxes that are
 * told of the change themselves.
 */
export async function correctOthers(
  call: Call,
  ticket: Ticket,
  followup: Followup,
  heard: ReadonlyMap<string, string>,
): Promise<void> {
  if (!followup.changes.some(({ field }) => field === 'assigned_to')) return
  for (const letter of await waitingOn(call, ticket, {}))
    if (!heard.has(mailbox(letter.to)) && (await isOpenFor(call, letter, followup.author)))
      await isStillTold(call, letter, followup)
}

/**
 * When a new letter is due, the changes of which it tells, and what these are to its reader. One with words goes at once and takes along
 * what waits of the same person; what waits of others goes right before it.
 */
export async function withChanges(
  call: Call,
  { to, event, ticket }: Weighed,
  followup: Followup,
): Promise<Pick<Letter, 'event' | 'due' | 'followups'>> {
  const own = ABOUT_CHANGES.includes(event) ? [followup.id] : []
  if (isWithoutWords(event, followup)) {
    const theirs = eventFor(await userAt(call.tx, to), followup.changes) ?? event
    return { event: theirs, due: momentAfter(call.now, waitOf(call)), followups: own }
  }
  const along = event === 'opened' ? [] : await takenAlong(call, ticket, to, followup.author)
  const followups = [...along, ...own].sort((one, other) => one - other)
  return { event, due: dueOf(call), ...(followups.length === 0 ? {} : { followups }) }
}

async function takenAlong(
  call: Call,
  ticket: Ticket,
  to: string,
  author: Author,
): Promise<readonly number[]> {
  const { tx, now, gathered } = call
  const along: number[] = []
  for (const letter of await waitingOn(call, ticket, { to }))
    if (!gathered && (await isOpenFor(call, letter, author))) {
      along.push(...letter.followups!)
      await tx.delete('letters', letter.id)
    } else await tx.put('letters', { ...letter, due: now })
  return along
}

/** Writes the letter again with all such changes since its first one, or deletes it; gives whether it still tells something. */
async function isStillTold({ tx }: Call, letter: Letter, { id, author }: Followup): Promise<boolean> {
  const after = letter.followup! - 1
  const since = await tx.find('followups', { ticket: letter.ticket! }, { after, limit: MOST_FOLLOWUPS })
  const theirs = since.filter(one => isSame(one.author, author) && !hasWords(one) && one.changes.length > 0)
  const event = eventFor(
    await userAt(tx, letter.to),
    theirs.flatMap(({ changes }) => changes),
  )
  if (event === undefined) await tx.delete('letters', letter.id)
  else
    await tx.put('letters', {
      ...letter,
      event,
      followups: [...new Set([...theirs.map(one => one.id), id])],
    })
  return event !== undefined
}

/** The letters about changes on a ticket that are not due yet and were never tried. */
async function waitingOn(
  { tx, now }: Call,
  { id }: Ticket,
  where: Partial<Pick<Letter, 'to'>>,
): Promise<readonly Letter[]> {
  const newest = { newest: true, limit: MOST_LOOKED_AT } as const
  const letters = await tx.find('letters', { ticket: id, ...where }, newest)
  return letters.filter(
    ({ event, state, due, attempts, followups, followup }) =>
      ABOUT_CHANGES.includes(event) &&
      state === 'waiting' &&
      attempts.length === 0 &&
      due > now &&
      followups?.[0] === followup,
  )
}

/** Whether a letter takes more changes by an author. */
async function isOpenFor({ tx, now }: Call, { due, followup }: Letter, author: Author): Promise<boolean> {
  if (due <= momentAfter(now, CLOSED_BEFORE)) return false
  const first = await tx.get('followups', followup!)
  return first !== undefined && isSame(first.author, author)
}

function waitOf({ letters }: Call): number {
  return letters?.caps.changesWait ?? CHANGES_WAIT
}

function isWithoutWords(event: Event, followup: Followup): boolean {
  return ABOUT_CHANGES.includes(event) && !hasWords(followup)
}

function hasWords({ comment, comment_file, attachments }: Followup): boolean {
  return comment !== '' || comment_file !== undefined || attachments.length > 0
}

function isSame(one: Author, other: Author): boolean {
  return one.kind === 'user' && other.kind === 'user' ? one.user === other.user : one.kind === other.kind
}
