import { Failure } from '../../data/failure.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Reply } from './answer.ts'
import { later } from './statuses.ts'

/** The reply for anything that was thrown. */
export function refusal(error: unknown): Reply {
  const status = meaningOf(error).http
  const seconds = error instanceof Failure ? error.retryAfter : undefined
  return {
    status,
    body: sentenceOf(error),
    headers: later.has(status) ? { 'Retry-After': String(seconds ?? 10) } : {},
  }
}
