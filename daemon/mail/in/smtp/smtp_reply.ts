import { Failure } from '../../../../data/failure.ts'
import { meaningOf, sentenceOf } from '../../../codes.ts'
import type { Events } from '../../../log/events.ts'

type Callback<R> = (error?: Error | null, result?: R) => void

/** Runs one step of a session, and turns what it throws into an SMTP reply. */
export function step<R>(events: Events, done: Callback<R>, work: () => Promise<R>): void {
  work().then(
    result => done(null, result),
    error => done(replyOf(events, error)),
  )
}

/** The reply that tells what was thrown. A bug is logged, and its details are not told. */
export function replyOf(events: Events, error: unknown): Error {
  if (error instanceof Error && 'responseCode' in error) return error
  if (!(error instanceof Failure)) events.failed('mail', 'SMTP', error)
  const [code, enhanced] = meaningOf(error).smtp
  return coded(code, enhanced, sentenceOf(error))
}

/** An error that smtp-server sends as an SMTP reply, in ASCII, with an enhanced status code (RFC 3463). */
export function coded(responseCode: number, enhanced: string, sentence: string): Error {
  return Object.assign(new Error(`${enhanced} ${ascii(sentence)}`), { responseCode })
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ')
}
