import { Failure } from '../data/failure.ts'
import type { Method } from './method.ts'

/** Whether a method is administration, changes a login, tells a secret, or removes something for good: then it needs a strong proof. */
export function needsStrongProof({ may, login, final, toldOnce }: Method): boolean {
  return may === 'admin' || login !== undefined || final === true || toldOnce !== undefined
}

/** The refusal of such a method; `proof` is the weak one, as a sentence names it. */
export function tooWeak({ name }: Method, proof: string): Failure {
  return new Failure(
    'forbidden',
    `${name} needs a better proof than ${proof}; log in to the mail server of the helpdesk, or call it by POST.`,
  )
}
