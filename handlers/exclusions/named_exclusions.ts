import { Failure, shown } from '../../data/failure.ts'
import type { Exclusion } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { dayOfYear, excludedIn } from '../params/excluded_days.ts'
import { weekdaysIn } from '../params/weekdays.ts'
import { daysAsked } from './asked_days.ts'
import { dayKey, type ExcludedDay } from './excluded_day.ts'

/** Not `12-24`, which is a day of every year. */
const NUMBERS = /^\d{1,15}(?:[ \t]to[ \t]\d{1,15})?$/

/**
 * The exclusions that somebody names: by numbers and ranges (`5, 7 to 90`), by their name, or by their days as `exclude` takes them. Throws
 * Failure `not_found` if one of the numbers is missing, or there are none.
 */
export async function exclusionsNamed(
  given: string,
  call: Pick<Call, 'tx' | 'now' | 'hours'>,
): Promise<readonly Exclusion[]> {
  const all = await call.tx.find('exclusions', {})
  const items = given.split(',').map(item => item.trim())
  const found = items.every(item => NUMBERS.test(item))
    ? numbered(all, items)
    : await worded(all, given, call)
  if (found.length > 0) return found
  throw new Failure('not_found', `There is no exclusion ${shown(given)}; list_exclusions shows them.`)
}

function numbered(all: readonly Exclusion[], items: readonly string[]): Exclusion[] {
  const ranges = items.map(item => item.split('to').map(Number))
  const numbers = new Set(all.map(({ id }) => id))
  for (const [first = 0, last] of ranges)
    if (last === undefined && !numbers.has(first))
      throw new Failure('not_found', `There is no exclusion ${first}; list_exclusions shows them.`)
  return all.filter(({ id }) => ranges.some(([first = 0, last = first]) => id >= first && id <= last))
}

async function worded(
  all: readonly Exclusion[],
  given: string,
  call: Pick<Call, 'now' | 'hours'>,
): Promise<Exclusion[]> {
  const named = all.filter(({ name }) => name.toLowerCase() === given.toLowerCase())
  if (named.length > 0) return named
  const keys = new Set((await daysIn(given, call)).map(dayKey))
  return all.filter(one => keys.has(dayKey(one)))
}

/** None for words that name no day. */
async function daysIn(given: string, call: Pick<Call, 'now' | 'hours'>): Promise<readonly ExcludedDay[]> {
  const { weekday: ofWeek, yearly, ...dates } = excludedIn(given)
  try {
    if (ofWeek !== undefined) return weekdaysIn(ofWeek)!.map(weekday => ({ weekday }))
    if (yearly !== undefined) return [{ yearly: String(dayOfYear('').parse(yearly)) }]
    return await daysAsked(dates, call)
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}
