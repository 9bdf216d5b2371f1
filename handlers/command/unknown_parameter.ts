import { Failure, shown } from '../../data/failure.ts'
import { methods } from '../index.ts'
import { namedParams } from '../method.ts'

/**
 * The one check of names that a caller wrote, in a mail or at the shell; the POST door takes unknown ones out and tells of them. Throws
 * Failure `invalid` for a parameter that the method does not have. An unknown method is the business of `call`.
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
