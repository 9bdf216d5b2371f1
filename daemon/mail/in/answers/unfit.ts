import { INVISIBLE } from '../../../../data/invisible.ts'
import type { Received } from '../received/received.ts'
import { hasCard } from './quoted_card.ts'

export const QUOTES = 'it seems to have a quote of the letter, with what the submitter must not see'
const SAID = 'a line of it says that it is private'
/** A line that is meant as `/private`; paths such as `/private/var` are other words. */
const PRIVATE = /^[/\\\uff0f][ \t]?private(?![\w/\\-])/i

/** Why what a user has written must not go to the submitter, whatever it is about: a clause; undefined if it may. */
export function unfitOf({ newWords: { text, isNew } }: Pick<Received, 'newWords'>): string | undefined {
  const words = isNew ? text : ''
  if (hasCard(words)) return QUOTES
  return words.split('\n').some(meansPrivate) ? SAID : undefined
}

function meansPrivate(line: string): boolean {
  return PRIVATE.test(line.replace(INVISIBLE, '').trim())
}
