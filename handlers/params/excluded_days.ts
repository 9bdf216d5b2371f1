// One thing: the parameters that say which days an exclusion names, and the words of a command that stand for them.
import { Failure, shown } from '../../data/failure.ts'
import { dateOf, dayOf } from '../escalation/day.ts'
import { dayIn } from '../escalation/day_words.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'
import { line } from './texts.ts'
import { weekdaysIn } from './weekdays.ts'

const LONGEST = 100
/** The fewest words that fit, so that what follows them in a command can fit, too. */
const WORDS = '[^ \\t:]+(?:[ \\t]+[^ \\t:]+){0,9}?'
const EVERY = /^(?:every|each) /i
const EVERY_YEAR = / (?:(?:of )?(?:every|each) year|yearly)$/i
const TO = /^(?:from )?(.{1,50}?) (?:to|until|through|-) (.{1,50})$/i
const MONTH_DAY = /^\d\d-\d\d$/
/** It has a 29 February, and its first day is a Saturday. */
const LEAP_YEAR = 2028

/** A day in words; `run` reads them with `dayIn`, since it depends on the time zone which day is tomorrow. */
export function dayInWords(about: string): Kind<string> {
  return { ...line(about, LONGEST), rule: 'a day, like 2026-12-24, tomorrow, friday or 24 dec', words: false }
}

/** A day of every year; `run` gets `MM-DD`. */
export function dayOfYear(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a day of the year, like 12-24 or 24 dec',
    parse: text => {
      const day = MONTH_DAY.test(text) ? dayOf(`${LEAP_YEAR}-${text}`) : dayOfYearIn(text)
      if (day !== undefined) return dateOf(day).slice('YYYY-'.length)
      throw new Failure(
        'invalid',
        `${shown(text)} is not a day of every year; give a month and a day without a year, like 12-24 or 24 dec.`,
      )
    },
  })
}

/** Undefined for words that name no day of the year, or a year besides. */
function dayOfYearIn(text: string): number | undefined {
  const beginning = dayOf(`${LEAP_YEAR}-01-01`)!
  if (weekdaysIn(text) !== undefined || /^to/i.test(text)) return undefined
  try {
    const day = dayIn(text, beginning)
    return day < beginning || text.includes(dateOf(day).slice(0, 4)) ? undefined : day
  } catch {
    return undefined
  }
}

/** The place in a command for any of these: `saturday`, `monday to friday`, `every 24 dec`, `2026-12-24`, `24 dec to 2 jan`. */
export const excludedWords: Kind<string> = kind({
  about: 'The days as words.',
  rule: 'days of the week, a day, a day of every year, or a first and a last day',
  fromDoor: true,
  slot: WORDS,
  fromSlot: excludedIn,
  parse: text => text,
})

/** The parameters that the words of a command stand for. Days of the week mean those of every week. */
export function excludedIn(given: string): Readonly<Record<string, string>> {
  const plain = given.trim().replace(/[ \t]+/g, ' ')
  const words = plain.replace(EVERY, '')
  if (weekdaysIn(words) !== undefined) return { weekday: words }
  const yearly = words.replace(EVERY_YEAR, '')
  if (yearly !== plain || MONTH_DAY.test(words)) return { yearly }
  const [, date, to] = TO.exec(words) ?? []
  return date !== undefined && to !== undefined ? { date, to } : { date: words }
}

/** Exclusions by number, name or day; `run` looks them up with `exclusionsNamed`. */
export function exclusions(about: string): Kind<string> {
  const words = line(about, LONGEST)
  return {
    ...words,
    rule: 'a number, like 7, several, like 5, 7 to 90, a name, or a day, like saturday or 2026-12-24',
    schema: { type: ['integer', 'string'], minimum: 1, minLength: 1, maxLength: LONGEST },
    words: false,
    slot: '[^ \\t]+(?:[ \\t]+[^ \\t]+){0,20}',
    accept: value => words.parse(String(value)),
  }
}
