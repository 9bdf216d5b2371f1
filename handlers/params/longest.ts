import { Failure, shown } from '../../data/failure.ts'

/** Of a line or a list. What is far longer than anybody means is not taken apart first: 25 MB of it hold up everybody. */
const LONGEST = 10_000

/** Throws Failure `invalid` for what is far longer than the most characters it may have. */
export function refuseLong(given: string, most: number): void {
  if (given.length > LONGEST) throw tooLong(given, given.length, most)
}

export function tooLong(given: string, length: number, most: number): Failure {
  return new Failure('invalid', `${shown(given)} has ${length} characters; give at most ${most}.`)
}

/** What stands between the commas. Throws Failure `invalid` for a list of more than 10,000 characters. */
export function listed(given: string): string[] {
  refuseLong(given, LONGEST)
  return given.split(',')
}
