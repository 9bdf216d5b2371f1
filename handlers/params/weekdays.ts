import { Failure, shown } from '../../data/failure.ts'
import { weekdayIn } from '../escalation/day_words.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

const WEEK = 7
const WEEKEND = [6, 0]
/** In characters. */
const LONGEST = 200
const EVERY = /^(?:every|each) /i
const BETWEEN = /(?: ?, ?(?:and )?| and | ?& ?)/i
const TO = /^([a-z]{3,10}) ?(?: (?:to|until|through) |-) ?([a-z]{3,10})$/i

/** Days of the week by their English names or the beginnings of them; `run` gets their numbers, each once, 0 for Sunday. */
export function weekdays(about: string): Kind<readonly number[]> {
  return kind({
    about,
    rule: 'days of the week, like saturday, or saturday and sunday, or monday to friday',
    parse: text => {
      const found = weekdaysIn(text)
      if (found !== undefined) return found
      throw new Failure('invalid', `${shown(text)} is not a day of the week; give one like saturday.`)
    },
  })
}

/** `saturdays`, `saturday and sunday`, `monday to friday`, `weekends`; undefined for other words. */
export function weekdaysIn(text: string): readonly number[] | undefined {
  if (text.length > LONGEST) return undefined
  const plain = text.trim().replace(/[ \t]+/g, ' ')
  const found = plain.split(BETWEEN).map(item => oneOrMore(item.replace(EVERY, '')))
  return found.includes(undefined) ? undefined : [...new Set(found.flatMap(days => days!))]
}

function oneOrMore(item: string): readonly number[] | undefined {
  if (/^weekends?$/i.test(item)) return WEEKEND
  const one = named(item)
  if (one !== undefined) return [one]
  const [, first, last] = TO.exec(item) ?? []
  const [from, to] = [named(first ?? ''), named(last ?? '')]
  if (from === undefined || to === undefined) return undefined
  return Array.from({ length: ((to - from + WEEK) % WEEK) + 1 }, (_, index) => (from + index) % WEEK)
}

/** Also in the plural. */
function named(word: string): number | undefined {
  return weekdayIn(word) ?? (word.endsWith('s') ? weekdayIn(word.slice(0, -1)) : undefined)
}
