import { Failure, shown } from '../../data/failure.ts'
import { isZone, nearZones } from '../escalation/zone.ts'
import type { Kind } from '../method.ts'
import { kind, shownTyped } from './kind.ts'

const CLOCK = /^([01]?[0-9]|2[0-3]):([0-5][0-9])$/

/** An hour of the day; `run` gets `HH:MM`. */
export function hourOfDay(about: string): Kind<string> {
  return kind({
    about,
    rule: 'an hour and a minute, like 09:00',
    schema: { type: 'string', pattern: CLOCK.source },
    parse: text => {
      const [, hour, minute] = CLOCK.exec(text) ?? []
      if (hour !== undefined) return `${hour.padStart(2, '0')}:${minute}`
      throw new Failure('invalid', `${shown(text)} is not an hour of the day; give one like 09:00.`)
    },
  })
}

/** An hour of the day, or `n` for none; `run` gets `HH:MM` or null. */
export function hourOrNone(about: string): Kind<string | null> {
  const hour = hourOfDay(about)
  return kind({
    about,
    rule: `${hour.rule}, or n for none`,
    schema: { anyOf: [hour.schema, { const: 'n' }, { const: false }] },
    slot: '[^ \\t]+',
    parse: text => (text.toLowerCase() === 'n' ? null : (hour.parse(text) as string)),
    accept: value => {
      if (value === false) return null
      throw new Failure(
        'invalid',
        `${shownTyped(value)} is not an hour of the day; give one like 09:00, or n.`,
      )
    },
  })
}

/** The IANA name of a time zone, in any case. */
export function zoneName(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a time zone, like Europe/Vienna',
    parse: text => {
      const near = nearZones(text)
      if (isZone(text)) return near.find(name => name.toLowerCase() === text.toLowerCase()) ?? text
      const hint = near.length > 0 ? near.join(' or ') : 'one like Europe/Vienna'
      throw new Failure('invalid', `${shown(text)} is not a time zone; give ${hint}.`)
    },
  })
}
