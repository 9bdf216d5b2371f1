import type { SMTPServerDataStream } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import { MIB } from '../../../../data/sizes.ts'
import type { Pieces } from '../../../../data/store.ts'
import type { Config } from '../../../config/config.ts'
import type { Holding } from '../../../files/holding.ts'
import { type Headers, messageIdOf } from '../headers.ts'
import { type RawMail, readRaw } from '../raw_mail.ts'
import type { HeldRoom } from './in_flight.ts'
import type { Session } from './session.ts'
import { coded } from './smtp_reply.ts'

/** A mail is cut off at twice the largest size, and no sooner than so many bytes beyond it. */
const MOST_BEYOND = MIB

/** A mail while it comes. */
export interface Arrival {
  readonly stream: SMTPServerDataStream
  readonly session: Session
  readonly held: HeldRoom
  /** What the session logged in with. */
  readonly secret: string | undefined
  /** Ends the session with these words, which alone keeps a peer from sending for ever. */
  hangUp(code: number, reply: string): void
}

/** Reads a mail to its end, also one that is refused, since a client reads no reply before. Throws what `readRaw` throws, and `held.grow`. */
export async function rawOf(holding: Holding, config: Config, arrival: Arrival): Promise<RawMail> {
  const { stream, session } = arrival
  // Its readers get its errors; between two readers nobody would.
  stream.on('error', () => {})
  const pieces = bytesOf(arrival, config['smtp.max_size'])
  try {
    return await readRaw(holding, pieces, headers => noteId(session, headers), arrival.secret)
  } catch (error) {
    // The reader that failed may not have begun, and must let go of the stream before the rest is drained.
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

/** A mail as it comes. Past the limit nothing more is handed on, and `too_large` is thrown at its end. */
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

/** Cuts off a mail that finds no room, rather than read the rest of it for nothing; its client tries again (RFC 5321 3.8). */
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

/** The bytes; tells the session how long we waited for them. */
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
    throw coded(421, '4.4.2', 'Connection lost before the end of the mail.')
  } finally {
    await bytes.return?.()
  }
}

function tooLarge(limit: number): Failure {
  return new Failure('too_large', `This mail is too large; the limit is ${limit} bytes.`)
}
