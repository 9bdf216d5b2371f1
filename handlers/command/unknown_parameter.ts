import { Failure, shown } from '../../data/failure.ts'
import { methods } from '../index.ts'
import { namedParams } from '../method.ts'

/**
 * Checks the parameter names of a mail or a shell command; the HTTP door removes unknown ones and names them in a header. Throws
 * Failure `invalid` for a parameter that the method does not have. `call` refuses an unknown method.
 */
export function refuseUnknown(methodName: string, params: Readonly<Record<string, unknown>>): void {
  const method = methods.get(methodName)
  if (!method) return
  const unknown = Object.keys(params).find(name => !Object.hasOwn(method.params, name))
  if (unknown === undefined) return
  const known = namedParams(method).map(([name]) => name)
  throw new Failure(
    'invalid',
    `${methodName} has no parameter ${shown(unknown)}; it has: ${known.join(', ') || 'none'}.`,
  )
}
