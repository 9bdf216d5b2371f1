import { Failure } from '../../../data/failure.ts'
import type { Letter } from '../../../data/tables.ts'
import type { Kind, Loading } from '../../method.ts'
import { kind } from '../../params/kind.ts'
import { whole } from '../../params/numbers_and_dates.ts'

/** A letter by its number: `77`, `#77`, `letter 77`; `run` gets the letter. Throws Failure `not_found` if there is no record of it. */
export function letterNumber(about: string): Kind<Letter> {
  return kind<unknown, Letter>({
    ...(whole(about, 1) as Kind<unknown> as Kind<Letter>),
    slot: '(?:letter[ \\t]+)?#?[0-9]+',
    fromSlot: words => words.replace(/[^0-9]/g, ''),
    load: loadLetter,
  })
}

async function loadLetter(id: number, { tx }: Loading): Promise<Letter> {
  const letter = await tx.get('letters', id)
  if (letter) return letter
  throw new Failure(
    'not_found',
    `There is no record of letter ${id}. The record of a letter that was sent or has failed is kept for as many days as mail.keep_letters_days says, and no longer than its ticket.`,
  )
}
