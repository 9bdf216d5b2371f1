import type { Method } from '../method.ts'
import { needsStrongProof, tooWeak } from '../weak_proof.ts'

/** Throws Failure `forbidden` for a command that a yes by mail is too weak a proof for, since somebody may say yes in a hurry. */
export function admitConfirmable(method: Method, given: Readonly<Record<string, unknown>>): void {
  const { params } = method
  const hasSecret = Object.keys(given).some(key => Object.hasOwn(params, key) && params[key]!.secret)
  if (needsStrongProof(method) || hasSecret) throw tooWeak(method, 'an answer to a letter')
}
