import { Failure, shown } from '../../data/failure.ts'

/** In characters, of a line or a list. Longer values are refused before they are processed: 25 MB would block all other callers. */
const LONGEST = 10_000

/** Throws Failure `invalid` for a value of more than 10,000 characters; the sentence says that `most` are allowed. */
export function refuseLong(given: string, most: number): void {
  if (given.length > LONGEST) throw tooLong(given, given.length, most)
}

export function tooLong(given: string, length: number, most: number): Failure {
  return new Failure('invalid', `${shown(given)} has ${length} characters; give at most ${most}.`)
}

/** The items between the commas. Throws Failure `invalid` for a list of more than 10,000 characters. */
export function listed(given: string): string[] {
  refuseLong(given, LONGEST)
  return given.split(',')
}
