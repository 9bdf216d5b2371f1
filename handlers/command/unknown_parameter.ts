import { Failure, shown } from '../../data/failure.ts'
import { methods } from '../index.ts'
import { type Method, namedParams } from '../method.ts'

/**
 * Checks the parameter names of a mail or a shell command; the HTTP door removes unknown ones and names them in a header. Throws
 * Failure `invalid` for a parameter that the method does not have. `call` refuses an unknown method.
 */
export function refuseUnknown(methodName: string, params: Readonly<Record<string, unknown>>): void {
  const method = methods.get(methodName)
  if (!method) return
  const unknown = Object.keys(params).find(name => !Object.hasOwn(method.params, name))
  if (unknown === undefined) return
  throw noSuchParameter(method, shown(unknown), unknown)
}

/** The refusal of one or more parameters; `told` shows their names, and `parameter` is the first of them. */
export function noSuchParameter(method: Method, told: string, parameter: string): Failure {
  const known = namedParams(method).map(([name]) => name)
  const sentence = `${method.name} has no parameter ${told}; it has: ${known.join(', ') || 'none'}.`
  return new Failure('invalid', sentence, { parameter })
}
