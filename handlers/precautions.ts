import { Failure } from '../data/failure.ts'
import type { Ticket } from '../data/tables.ts'
import type { Params } from './method.ts'
import { flag } from './params/flags.ts'
import { optional } from './params/kind.ts'
import { whole } from './params/numbers_and_dates.ts'

/** The names of the parameters that `call` itself heeds. */
export const EXPECT = 'expect'
export const DRY_RUN = 'dry_run'

/** Whether a parameter is one of these. */
export function isPrecaution(name: string): boolean {
  return name === EXPECT || name === DRY_RUN
}

/** The parameters that a method gets besides its own, if it changes something. */
export function precautions(params: Params): Params {
  const version = optional(
    whole('The version that the ticket must still have, as get_ticket gives it to programs.', 1),
  )
  const namesTicket = Object.values(params).some(kind => kind.namesTicket)
  return {
    ...(namesTicket ? { [EXPECT]: version } : {}),
    [DRY_RUN]: optional(flag('Whether only to say what the call would do.')),
  }
}

/**
 * Throws Failure `conflict` if the ticket has a later version than the caller expects, and `invalid` if there is no such version
 * yet.
 */
export function checkVersion({ id, version }: Ticket, expected: number): void {
  if (expected < version)
    throw new Failure(
      'conflict',
      `Ticket ${id} has changed since version ${expected}; its version is ${version} now. Look at it again, then decide.`,
      { parameter: EXPECT },
    )
  if (expected > version)
    throw new Failure(
      'invalid',
      `expect: ticket ${id} has no version ${expected} yet; its version is ${version}.`,
      { parameter: EXPECT },
    )
}
