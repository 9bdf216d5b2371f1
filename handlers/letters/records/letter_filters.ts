import { spellingsOf } from '../../../data/address.ts'
import type { Search } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import type { Args } from '../../method.ts'
import { address } from '../../params/addresses.ts'
import { choice } from '../../params/choices.ts'
import { optional } from '../../params/kind.ts'
import { whole } from '../../params/numbers_and_dates.ts'
import { otherTicket } from '../../params/references.ts'
import { letterFilterWords } from './letter_filter_words.ts'
import { letterStates } from './letter_states.ts'

/** How many letters a page has. */
export const LETTERS_PER_PAGE = 50

export const letterFilters = {
  state: optional(choice('Only letters in this state.', letterStates)),
  to: optional(address('Only letters to this address.')),
  ticket: optional(otherTicket('Only letters about this ticket.')),
  before: optional(whole('Only letters before the one with this number: next of the page before.', 1)),
  filters: optional(letterFilterWords),
}
export type LetterFilters = Partial<Args<typeof letterFilters>>

/** The search for a page of letters, newest first. It looks for one more than a page has, to tell whether there are more. */
export function letterSearch({ state, to, ticket, before }: LetterFilters): Search<Letter> {
  return {
    where: {
      ...(state ? { state } : {}),
      ...(to ? { to: { in: spellingsOf(to) } } : {}),
      ...(ticket ? { ticket: ticket.id } : {}),
    },
    by: [],
    newest: true,
    limit: LETTERS_PER_PAGE + 1,
    ...(before === undefined ? {} : { after: [before] }),
  }
}

/** The filters as parameters of the plain form, each followed by a blank. */
export function plainLetterFilters({ state, to, ticket }: LetterFilters): string {
  return Object.entries({ state, to, ticket: ticket?.id })
    .map(([name, value]) => (value === undefined ? '' : `${name}=${value} `))
    .join('')
}
