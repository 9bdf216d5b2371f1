import type { IncomingMessage } from 'node:http'

/** Says in a response that unknown parameters would have been refused (RFC 7240, 3). */
export const STRICTLY: Readonly<Record<string, string>> = { 'Preference-Applied': 'handling=strict' }
const HANDLING = /^[ \t]*handling[ \t]*=[ \t]*"?(strict|lenient)"?[ \t]*(?:;|$)/i

/** Whether a request has `Prefer: handling=strict`. Of several such preferences, the first counts. */
export function isStrict({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { prefer } = headers
  if (prefer === undefined) return false
  for (const preference of String(prefer).split(',')) {
    const [, handling] = HANDLING.exec(preference) ?? []
    if (handling !== undefined) return handling.toLowerCase() === 'strict'
  }
  return false
}
