import type { SMTPServerDataStream } from 'smtp-server'
import { Failure } from '../../data/failure.ts'
import type { Pieces } from '../../data/store.ts'
import type { Config } from '../config.ts'
import type { Holding } from '../holding.ts'
import type { Headers } from './headers.ts'
import type { HeldRoom } from './in_flight.ts'
import { type RawMail, readRaw } from './raw_mail.ts'
import { messageIdOf } from './received.ts'
import { coded } from './reply.ts'
import type { Session } from './session.ts'

/** A mail that goes on for so many bytes beyond what is taken, or as many as that again, is listened to no longer. */
const MOST_BEYOND = 1024 * 1024

/** A mail while it comes. */
export interface Arrival {
  readonly stream: SMTPServerDataStream
  readonly session: Session
  readonly held: HeldRoom
  /** What the session logged in with. */
  readonly secret: string | undefined
  /** Ends the session with these words: nothing else keeps a peer from sending for ever. */
  hangUp(code: number, reply: string): void
}

/** Reads a mail to its end, also one that is refused, since nobody listens to a reply before. Throws what `readRaw` throws, and `held`. */
export async function rawOf(holding: Holding, config: Config, arrival: Arrival): Promise<RawMail> {
  const { stream, session } = arrival
  // Whoever reads it is told; between two readers nobody would be.
  stream.on('error', () => {})
  const pieces = bytesOf(arrival, config['smtp.max_size'])
  try {
    return await readRaw(holding, pieces, headers => noteId(session, headers), arrival.secret)
  } catch (error) {
    // Whoever refused may not have begun to read, and a stream goes on only when nobody else reads it.
    await pieces.return(undefined)
    arrival.held.leave()
    await drained(arrival, config['smtp.max_size'])
    throw error
  } finally {
    session.mailEnded()
  }
}

function noteId(session: Session, headers: Headers): void {
  session.messageId = messageIdOf(headers) ?? undefined
}

/** A mail as it comes; past the limit nothing is handed on, and the end is awaited to say so. */
async function* bytesOf(arrival: Arrival, limit: number): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const chunk of timed(arrival, limit)) {
    size += chunk.length
    if (size > limit) continue
    growOrEnd(arrival, size)
    yield chunk
  }
  if (size > limit) throw tooLarge(limit)
}

/** To listen to the rest of it would take more than it is worth; whoever is cut off comes again (RFC 5321 3.8). */
function growOrEnd({ held, hangUp }: Arrival, size: number): void {
  try {
    held.grow(size)
  } catch (error) {
    hangUp(421, `4.3.2 ${(error as Failure).message}`)
    throw error
  }
}

async function drained(arrival: Arrival, limit: number): Promise<void> {
  if (arrival.stream.readableEnded || arrival.stream.destroyed) return
  for await (const _ of timed(arrival, limit));
}

/** The bytes, with the session told how long we waited for each of them. */
async function* timed({ stream, session, hangUp }: Arrival, limit: number): Pieces {
  const bytes = stream.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      session.awaitsBytes()
      const { value, done } = await bytes.next()
      session.bytesCame(done ? 0 : value.length)
      if (done) return
      if (stream.byteLength > limit + Math.max(limit, MOST_BEYOND))
        hangUp(552, `5.3.4 ${tooLarge(limit).message}`)
      yield value
    }
  } catch {
    throw coded(421, '4.4.2', 'The connection ended before the mail did.')
  } finally {
    await bytes.return?.()
  }
}

function tooLarge(limit: number): Failure {
  return new Failure('too_large', `This mail is too large; send at most ${limit} bytes.`)
}
