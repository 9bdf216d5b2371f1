import { Failure } from '../../data/failure.ts'

/**
 * The refusal of one command among several, none of which is carried out: its label says which one it is, as in `Line 3`. It has the code
 * and the parameter of its cause; `invalid` without one.
 */
export function refusedLine(
  label: string,
  why: string,
  { code, parameter }: Pick<Failure, 'code' | 'parameter'> = { code: 'invalid', parameter: undefined },
): Failure {
  return new Failure(code, `Nothing was done. ${label}: ${why}`, { parameter })
}

/** Does the work on one command; a refusal says which one of several it is. */
export function aboutLine<R>(label: string | undefined, work: () => R): R {
  try {
    return work()
  } catch (error) {
    if (label === undefined || !(error instanceof Failure)) throw error
    throw refusedLine(label, error.message, error)
  }
}
