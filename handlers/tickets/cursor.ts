import { Failure } from '../../data/failure.ts'
import { shortHash } from '../../data/secret.ts'
import type { Position, Search } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'

/** What a cursor is bound to: the list that it belongs to. */
type List = Omit<Search<Ticket>, 'after' | 'limit'>
/** With it, the last day before today does not matter: the list may be read past midnight. */
interface Flags {
  readonly overdue?: boolean | undefined
}

/** The cursor behind a ticket as it was found. It stays valid when the ticket changes or is deleted. */
export function cursorOf(ticket: Ticket, list: List, flags: Flags): string {
  const place = [...list.by.map(field => ticket[field as keyof Ticket]), ticket.id]
  return `${markOf(list, flags)}.${btoa(JSON.stringify(place)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
}

/** The place that a cursor names. Throws Failure `invalid` if it belongs to another list. */
export function positionIn(cursor: string, list: List, flags: Flags): Position {
  const mark = markOf(list, flags)
  const place = cursor.startsWith(`${mark}.`) ? decoded(cursor.slice(mark.length + 1)) : undefined
  if (place?.length === list.by.length + 1) return place
  throw new Failure(
    'invalid',
    'after: this is not the next of a list with the same filters and order; repeat them, or leave after out to begin again.',
    { parameter: 'after' },
  )
}

function markOf({ where, words, by, newest }: List, { overdue = false }: Flags): string {
  const { due_date: _, ...fixed } = where
  return shortHash(JSON.stringify([fixed, words, by, newest, overdue]))
}

function decoded(text: string): Position | undefined {
  try {
    const place: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')))
    const isPlace = Array.isArray(place) && place.every(value => value === null || typeof value !== 'object')
    return isPlace ? place : undefined
  } catch {
    return undefined
  }
}
