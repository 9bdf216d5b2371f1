import { Failure, shown } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind, shownTyped } from './kind.ts'

const VALUES: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['y', true],
  ['true', true],
  [true, true],
  ['n', false],
  ['false', false],
  [false, false],
])

/** Whether a value, as a door hands it over, is a yes. */
export function isYes(value: unknown): boolean {
  return VALUES.get(value) === true
}

/** `y` or `n`, `true` or `false`, or a JSON boolean. In a command, the bare name of the parameter means `y`. */
export function flag(about: string): Kind<boolean> {
  return kind({
    about,
    rule: 'y or n',
    schema: { type: 'boolean' },
    fromSlot: () => 'y',
    parse: given => VALUES.get(given) ?? neither(shown(given)),
    accept: value => VALUES.get(value) ?? neither(shownTyped(value)),
  })
}

/** A parameter that must be given, with any value but false. `run` always gets true. */
export function anything(about: string): Kind<true> {
  return kind({
    about,
    rule: 'any value',
    schema: { type: 'boolean', enum: [true] },
    fromSlot: () => 'y',
    parse: text => (text === 'false' ? notGiven() : true),
    accept: value => (value === false ? notGiven() : true),
  })
}

function notGiven(): never {
  throw new Failure('invalid', 'false counts as not given; give any other value.')
}

function neither(told: string): never {
  throw new Failure('invalid', `${told} is neither y nor n; give one of them.`)
}
