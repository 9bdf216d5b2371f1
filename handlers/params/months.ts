import { Failure, shown } from '../../data/failure.ts'
import { MONTHS } from '../../data/months.ts'
import type { Kind } from '../method.ts'
import { isYear, type NamedMonth } from '../reports/month.ts'
import { kind } from './kind.ts'

/** In characters. */
const LONGEST = 40
const SHORTEST_NAME = 3
/** "november", "nov." or "November 2026". */
const BY_NAME = /^([a-z]{3,9})\.?(?: (\d{1,6}))?$/
const BY_NUMBER = /^(\d{4})-(\d{2})$/
const AGO: Readonly<Record<string, 0 | 1>> = { 'this month': 0, 'last month': 1 }
const BEGINNINGS = MONTHS.map(name => name.slice(0, SHORTEST_NAME).toLowerCase()).join('|')

/**
 * A month; `run` finds out with `monthMeant` which one that is today. In a command only words that look like one fit, so that "Report
 * missing files" stays a person's words.
 */
export function month(about: string): Kind<NamedMonth> {
  return kind({
    about,
    rule: 'a month, like november, nov 2026, 2026-11, this month or last month',
    slot: `(?:(?:this|last)[ \\t]+month|(?:${BEGINNINGS})[a-z]{0,6}\\.?(?:[ \\t]+[0-9]{1,6})?|[0-9]{4}-[0-9]{1,2})`,
    parse: monthIn,
  })
}

function monthIn(text: string): NamedMonth {
  const words =
    text.length > LONGEST
      ? ''
      : text
          .trim()
          .toLowerCase()
          .replace(/[ \t]+/g, ' ')
  const ago = Object.hasOwn(AGO, words) ? AGO[words] : undefined
  if (ago !== undefined) return { ago }
  const [, name = '', yearBehind] = BY_NAME.exec(words) ?? []
  const [, yearBefore, number] = BY_NUMBER.exec(words) ?? []
  const month = number === undefined ? numberOf(name) : Number(number)
  if (month < 1 || month > MONTHS.length)
    throw new Failure(
      'invalid',
      `${shown(text)} is not a month; give one like november, nov 2026, 2026-11 or last month.`,
    )
  const given = yearBehind ?? yearBefore
  if (given === undefined) return { month }
  const year = Number(given)
  if (isYear(year)) return { year, month }
  throw new Failure('invalid', `${shown(given)} is not a year of this calendar; give one like 2026.`)
}

/** Of a name, or of its beginning with at least three letters; 0 if there is none. */
function numberOf(name: string): number {
  return name.length < SHORTEST_NAME ? 0 : MONTHS.findIndex(one => one.toLowerCase().startsWith(name)) + 1
}
