import { Failure, shown } from '../../data/failure.ts'
import type { Instant, Priority } from '../../data/tables.ts'
import type { Kind } from '../method.ts'
import { kind, shownTyped } from './kind.ts'

const DECIMAL = /^(?:0|[1-9][0-9]*)$/

/** A whole number from `from` to `to`, both inclusive; without `to`, up to the largest exact number. */
export function whole(about: string, from: number, to = Number.MAX_SAFE_INTEGER): Kind<number> {
  const rule = `a whole number from ${from} ${to === Number.MAX_SAFE_INTEGER ? 'on' : `to ${to}`}`
  const within = (value: number, told: string) => {
    if (Number.isInteger(value) && value >= from && value <= to) return value
    throw new Failure('invalid', `${told} is not ${rule}.`)
  }
  return kind({
    about,
    rule,
    schema: { type: 'integer', minimum: from, maximum: to },
    parse: given => within(DECIMAL.test(given) ? Number(given) : Number.NaN, shown(given)),
    accept: value => within(typeof value === 'number' ? value : Number.NaN, shownTyped(value)),
  })
}

export function priority(about: string): Kind<Priority> {
  return whole(about, 1, 5) as Kind<Priority>
}

/** A calendar date, `YYYY-MM-DD`. */
export function date(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a date, like 2026-12-31',
    schema: { type: 'string', format: 'date' },
    parse: given => {
      const day = new Date(`${given}T00:00:00Z`)
      const valid = /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(day.getTime())
      if (valid && day.toISOString().startsWith(given)) return given
      throw new Failure('invalid', `${shown(given)} is not a date; give one like 2026-12-31.`)
    },
  })
}

/** A date, which means its beginning in UTC, or a moment as answers have it; `run` gets the moment. */
export function moment(about: string): Kind<Instant> {
  const days = date(about)
  return kind({
    about,
    rule: 'a date or a moment, like 2026-12-31 or 2026-12-31T12:00:00Z',
    parse: given => {
      if (!given.includes('T')) return `${days.parse(given)}T00:00:00.000Z`
      const at = new Date(given)
      if (/^\d{4}-\d{2}-\d{2}T[0-9:.]{5,12}(?:Z|[+-]\d{2}:\d{2})$/.test(given) && !Number.isNaN(at.getTime()))
        return at.toISOString()
      throw new Failure('invalid', `${shown(given)} is not a moment; give one like 2026-12-31T12:00:00Z.`)
    },
  })
}
