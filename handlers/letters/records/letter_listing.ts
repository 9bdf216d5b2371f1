import type { Letter } from '../../../data/tables.ts'
import { momentWords } from '../../mails/mail_listing.ts'
import type { Call } from '../../method.ts'
import { ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../../result_schema.ts'
import { shortened } from '../../tickets/listing.ts'
import { LETTERS_PER_PAGE, type LetterFilters, plainLetterFilters } from './letter_filters.ts'

/** What programs get of each letter in a list. */
export interface LetterFacts extends Pick<Letter, 'to' | 'event' | 'ticket' | 'state' | 'created'> {
  readonly letter: number
  /** When it is attempted next; null if it does not wait. */
  readonly next_attempt: string | null
  /** When it was attempted last, and what the server replied; null before the first attempt. */
  readonly last_attempt: string | null
  readonly reply: string | null
}
/** A page of a list of letters. */
export interface LetterListing {
  readonly letters: readonly LetterFacts[]
  /** The number to give as `before` for the next page. */
  readonly next: number | null
}
export const LETTER_FACTS = {
  letter: ID,
  to: TEXT,
  event: TEXT,
  ticket: orNull(ID),
  state: TEXT,
  created: INSTANT,
  next_attempt: orNull(INSTANT),
  last_attempt: orNull(INSTANT),
  reply: orNull(TEXT),
}
export const LETTER_LISTING = objectOf({ letters: listOf(objectOf(LETTER_FACTS)), next: orNull(ID) })

/** The page with the letters that the search has found and whose records still exist. */
export async function letterListing({
  tx,
  foundLetters,
}: Pick<Call, 'tx' | 'foundLetters'>): Promise<LetterListing> {
  const page = foundLetters.slice(0, LETTERS_PER_PAGE)
  const letters: LetterFacts[] = []
  for (const { id } of page) {
    const letter = await tx.get('letters', id)
    if (letter) letters.push(letterFacts(letter))
  }
  return { letters, next: foundLetters.length > page.length ? page.at(-1)!.id : null }
}

/** Without its words, which may be private, and without its keys. */
export function letterFacts({ id, to, event, ticket, state, created, due, attempts }: Letter): LetterFacts {
  const last = attempts.at(-1)
  return {
    letter: id,
    to,
    event,
    ticket,
    state,
    created,
    next_attempt: state === 'waiting' ? due : null,
    last_attempt: last?.at ?? null,
    reply: last?.reply ?? null,
  }
}

/** The page for people: two short lines a letter, and the last reply for one that is not sent. */
export function letterListingText({ letters, next }: LetterListing, asked: LetterFilters): string {
  if (letters.length === 0 && next === null) return 'There are no such letters.'
  const more =
    next === null
      ? []
      : [`There are more. For the next page, write:\nletters ${plainLetterFilters(asked)}before=${next}`]
  return [...letters.map(linesOf), ...more].join('\n\n')
}

function linesOf({ letter, to, event, ticket, state, created, reply }: LetterFacts): string {
  const about = ticket === null ? [] : [`ticket ${ticket}`]
  const lines = [`${letter} to ${to}`, [momentWords(created), state, event, ...about].join(' · ')]
  return [...lines, ...(state === 'sent' || reply === null ? [] : [shortened(reply)])].join('\n')
}
