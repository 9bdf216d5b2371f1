import type { SMTPServerDataStream } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import { MIB } from '../../../../data/sizes.ts'
import type { Pieces } from '../../../../data/store.ts'
import type { Config } from '../../../config/config.ts'
import type { Holding } from '../../../files/holding.ts'
import { type Headers, messageIdOf } from '../headers.ts'
import { type RawMail, readRaw } from '../received/raw_mail.ts'
import type { HeldRoom } from './in_flight.ts'
import type { Session } from './session.ts'
import { coded } from './smtp_reply.ts'

/** The connection is closed when a mail exceeds the size limit by as much as the limit, or by 1 MiB if that is more. */
const MOST_BEYOND = MIB

/** A mail that is arriving. */
export interface Arrival {
  readonly stream: SMTPServerDataStream
  readonly session: Session
  readonly held: HeldRoom
  /** The password or token that the session logged in with, and the tokens of its addresses. */
  readonly secrets: readonly string[]
  /** Ends the session with this reply; nothing else stops a peer that never stops sending. */
  hangUp(code: number, reply: string): void
}

/**
 * Reads a mail to its end, even if it is refused: a client does not read the reply before. Throws what `readRaw` and `held.grow` throw.
 */
export async function rawOf(holding: Holding, config: Config, arrival: Arrival): Promise<RawMail> {
  const { stream, session } = arrival
  // The readers handle its errors; this listener is for the time between two readers.
  stream.on('error', () => {})
  const pieces = bytesOf(arrival, config['smtp.max_size'])
  try {
    return await readRaw(holding, pieces, headers => noteId(session, headers), arrival.secrets)
  } catch (error) {
    // The failed reader may not have started, and must release the stream before the rest is drained.
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

/** The bytes of a mail. Beyond the limit they are discarded, and Failure `too_large` is thrown at the end. */
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

/** Closes the connection if there is no room for the mail, instead of reading the rest in vain; the client retries (RFC 5321 3.8). */
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

/** The bytes; tells the session how long we waited for each piece. */
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
