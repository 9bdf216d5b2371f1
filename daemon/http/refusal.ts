import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { Failure } from '../../data/failure.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Reply } from './answer.ts'
import type { Asked } from './request_id.ts'
import { later } from './statuses.ts'
import { wantsJson } from './wants_json.ts'

/** The `code` of an error that is not a Failure. */
export const INTERNAL = 'internal'

/** The reply for anything that was thrown: its sentence, or a problem document (RFC 9457) if the request wants JSON. */
export function refusal(
  error: unknown,
  request: Pick<IncomingMessage, 'headers'>,
  asked: Pick<Asked, 'request'>,
  status = meaningOf(error).http,
): Reply {
  const { retryAfter, ...blamed } = detailsOf(error)
  const headers = later.has(status) ? { 'Retry-After': String(retryAfter ?? 10) } : {}
  if (!wantsJson(request)) return { status, body: sentenceOf(error), headers }
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: sentenceOf(error),
    ...blamed,
    request: asked.request,
  }
  return {
    status,
    body: JSON.stringify(problem),
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  }
}

function detailsOf(error: unknown): { code: string; parameter?: string; retryAfter?: number } {
  if (!(error instanceof Failure)) return { code: INTERNAL }
  const { code, parameter, retryAfter } = error
  return {
    code,
    ...(parameter === undefined ? {} : { parameter }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}
