import { Failure } from '../../data/failure.ts'
import type { Method } from '../method.ts'

/**
 * Throws Failure `forbidden` for a command that a yes by mail is too weak a proof for: administration, logins, secrets, and what removes
 * something for good. Somebody may say yes in a hurry.
 */
export function admitConfirmable(
  { name, may, login, final, toldOnce, params }: Method,
  given: Readonly<Record<string, unknown>>,
): void {
  const isMore = may === 'admin' || login !== undefined || final || toldOnce !== undefined
  const hasSecret = Object.keys(given).some(key => Object.hasOwn(params, key) && params[key]!.secret)
  if (isMore || hasSecret)
    throw new Failure(
      'forbidden',
      `${name} needs a better proof than an answer to a letter; log in to the mail server of the helpdesk, or call it by POST.`,
    )
}
