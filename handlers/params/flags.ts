import { Failure, shown } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind, shownTyped } from './kind.ts'

/** `y` or `n`, or a boolean; in a command the bare name of the parameter is `y`. */
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

/** Anything at all but false, as long as it is there: `run` learns nothing from it. */
export function anything(about: string): Kind<true> {
  return kind({
    about,
    rule: 'any value',
    fromSlot: () => 'y',
    parse: () => true,
    accept: value => {
      if (value !== false) return true
      throw new Failure('invalid', 'false means that it is not given; give any other value.')
    },
  })
}

function neither(told: string): Failure {
  return new Failure('invalid', `${told} is neither y nor n.`)
}
