import { Failure } from '../data/failure.ts'
import type { Method } from './method.ts'
import { needsStrongProof, tooWeak } from './weak_proof.ts'

/**
 * Throws Failure `forbidden` if a method may be more than something about one ticket that can be undone. A caller who is proven by the
 * key of a letter can do no more, since others may have got that letter.
 */
export function admitAboutOne(method: Method, only: number): void {
  if (method.anyProof) return
  if (needsStrongProof(method)) throw tooWeak(method, 'the address of a letter')
  if (!Object.values(method.params).some(({ namesTicket }) => namesTicket)) throw beyond(only)
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
