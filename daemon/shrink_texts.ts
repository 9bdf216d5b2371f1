import { setImmediate as turn } from 'node:timers/promises'
import type { Store } from '../data/store.ts'
import type { Followup, Letter, Ticket } from '../data/tables.ts'
import { told } from '../handlers/change.ts'
import { firstAndLast } from '../handlers/letters/attempts.ts'
import { keepText, LONGEST_KEPT, mayBeLong } from '../handlers/params/kept_text.ts'
import { plainPieces } from '../handlers/params/plain_text.ts'
import { fitting } from './mail/answer_length.ts'

/** How many records one transaction reads: in the store of an older version each may have megabytes of text, and others must not wait. */
const AT_ONCE = 10

/**
 * Gives a function that moves long texts out of the records of older versions and shortens their long lists, one commit per record. It
 * looks at all records once, since this version writes no large ones; after an error, the next call tries again. It stops when `ended`
 * is aborted.
 */
export function shrinking(store: Store, ended: AbortSignal): () => Promise<void> {
  let done = false
  return async () => {
    if (done) return
    await each(
      store,
      'followups',
      ended,
      record => isLargeFollowup(record) && shrinkFollowup(store, record.id),
    )
    await each(store, 'tickets', ended, record => isLargeTicket(record) && shrinkTicket(store, record.id))
    await each(store, 'letters', ended, record => isLargeLetter(record) && shrinkLetter(store, record.id))
    done = !ended.aborted
  }
}

interface Shrinkable {
  followups: Followup
  tickets: Ticket
  letters: Letter
}

/** Looks at all records of a table, a few per transaction, and lets other work run in between. */
async function each<T extends keyof Shrinkable>(
  store: Store,
  table: T,
  ended: AbortSignal,
  look: (record: Shrinkable[T]) => Promise<void> | false,
): Promise<void> {
  let behind: { after?: number } = {}
  for (;;) {
    const page = await store.read(tx => tx.find<keyof Shrinkable>(table, {}, { ...behind, limit: AT_ONCE }))
    for (const record of page as readonly Shrinkable[T][]) {
      if (ended.aborted) return
      await look(record)
    }
    if (page.length < AT_ONCE) return
    behind = { after: page.at(-1)!.id }
    await turn()
  }
}

function isLong(text: string): boolean {
  return mayBeLong(text) && Buffer.byteLength(text) > LONGEST_KEPT
}

function isLargeFollowup({ comment, changes }: Followup): boolean {
  return isLong(comment) || changes.some(({ from, to }) => told(from) !== from || told(to) !== to)
}

async function shrinkFollowup(store: Store, id: number): Promise<void> {
  const large = await store.read(tx => tx.get('followups', id))
  if (!large) return
  const { beginning, file } = await keepText(store.files, plainPieces(large.comment))
  await store.transact(async tx => {
    const followup = await tx.get('followups', id)
    if (followup?.comment !== large.comment) return
    const changes = followup.changes.map(({ field, from, to }) => ({ field, from: told(from), to: told(to) }))
    const named = file === undefined ? {} : { comment_file: file }
    await tx.put('followups', { ...followup, comment: beginning, ...named, changes })
  })
}

function isLargeTicket({ resolution }: Ticket): boolean {
  return resolution !== null && isLong(resolution)
}

async function shrinkTicket(store: Store, id: number): Promise<void> {
  const large = await store.read(tx => tx.get('tickets', id))
  if (!large?.resolution) return
  const { beginning, file } = await keepText(store.files, plainPieces(large.resolution))
  await store.transact(async tx => {
    const ticket = await tx.get('tickets', id)
    if (ticket?.resolution !== large.resolution) return
    const named = file === undefined ? {} : { resolution_file: file }
    await tx.put('tickets', { ...ticket, resolution: beginning, ...named })
  })
}

function isLargeLetter(letter: Letter): boolean {
  return shrunk(letter) !== letter
}

async function shrinkLetter(store: Store, id: number): Promise<void> {
  await store.transact(async tx => {
    const letter = await tx.get('letters', id)
    if (letter) await tx.put('letters', shrunk(letter))
  })
}

/** The letter with shortened lists; the same object if nothing is too long. */
function shrunk(letter: Letter): Letter {
  const { answer } = letter
  const attempts = firstAndLast(letter.attempts)
  const sentences = answer ? fitting(answer.sentences) : []
  if (attempts === letter.attempts && (!answer || sentences === answer.sentences)) return letter
  return { ...letter, attempts, answer: answer && { ...answer, sentences } }
}
