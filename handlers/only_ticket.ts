import { Failure } from '../data/failure.ts'
import type { Method } from './method.ts'

/**
 * Throws Failure `forbidden` if a method may be more than something about one ticket that can be undone. A caller who is proven by the
 * key of a letter can do no more, since others may have got that letter.
 */
export function admitAboutOne(
  { name, may, login, final, toldOnce, anyProof, params }: Method,
  only: number,
): void {
  if (anyProof) return
  const isMore = may === 'admin' || login !== undefined || final || toldOnce !== undefined
  if (isMore)
    throw new Failure(
      'forbidden',
      `${name} needs a better proof than the address of a letter; log in to the mail server of the helpdesk, or call it by POST.`,
    )
  if (!Object.values(params).some(({ namesTicket }) => namesTicket)) throw beyond(only)
}

/** Throws Failure `forbidden` if no ticket is named, since some methods are about all then. One that is named was checked when loaded. */
export function checkNamed(
  { anyProof, params }: Pick<Method, 'anyProof' | 'params'>,
  args: Readonly<Record<string, unknown>>,
  only: number,
): void {
  const isNamed = Object.keys(params).some(name => params[name]!.namesTicket && args[name] !== undefined)
  if (!anyProof && !isNamed) throw beyond(only)
}

/** Refuses what is not about the one ticket. */
export function beyond(only: number): Failure {
  return new Failure(
    'forbidden',
    `The address that you wrote to works for ticket ${only} alone. For another ticket, reply to a letter about that one.`,
  )
}
