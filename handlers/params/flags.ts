import { Failure, shown } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind, shownTyped } from './kind.ts'

/** `y` or `n`, or a JSON boolean. In a command, the bare name of the parameter means `y`. */
export function flag(about: string): Kind<boolean> {
  return kind({
    about,
    rule: 'y or n',
    schema: { type: 'string', enum: ['y', 'n'] },
    fromSlot: () => 'y',
    parse: given => {
      if (given === 'y' || given === 'n') return given === 'y'
      throw neither(shown(given))
    },
    accept: value => {
      if (typeof value === 'boolean') return value
      throw neither(shownTyped(value))
    },
  })
}

/** A parameter that must be given, with any value but false. `run` always gets true. */
export function anything(about: string): Kind<true> {
  return kind({
    about,
    rule: 'any value',
    fromSlot: () => 'y',
    parse: () => true,
    accept: value => {
      if (value !== false) return true
      throw new Failure('invalid', 'false counts as not given; give any other value.')
    },
  })
}

function neither(told: string): Failure {
  return new Failure('invalid', `${told} is neither y nor n; give one of them.`)
}
