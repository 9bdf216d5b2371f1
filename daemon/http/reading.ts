import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'

/** Texts of "unlimited" length are welcome, up to this. */
const LONGEST_BODY = 25 * 1024 * 1024
/** A body up to this is read beside any number of others. */
const LARGE_BODY = 1024 * 1024
/** How many larger ones there may be at once, in all and of one peer, so that nobody fills the memory before he has logged in. */
const MOST_LARGE = 4
const MOST_LARGE_OF_PEER = 2
const SECOND = 1000
/** What any body may take; a larger one gets more time, as long as it comes at such a pace: that of a bad line. */
const GRACE = 30 * SECOND
const LEAST_BYTES_A_SECOND = 8 * 1024

interface Reading {
  readonly started: number
  size: number
  giveUp(why: Failure): void
}

/** The bodies that are being read now. */
const underWay = new Set<Reading>()
/** The peers of the large ones, each as often as it has one. */
const large: string[] = []
let watch: NodeJS.Timeout | undefined

/**
 * Reads a body and does the work with its bytes. Throws Failure `too_large` past 25 MiB, `unavailable` while there are too many large
 * ones, `too_slow` for one that comes too slowly, `invalid` where it breaks off.
 */
export async function readBytes<R>(
  request: IncomingMessage,
  peer: string,
  work: (bytes: Buffer) => Promise<R>,
): Promise<R> {
  const place = placeFor(peer)
  try {
    return await work(await collect(request, place.grow))
  } finally {
    place.leave()
  }
}

/** A place among the bodies that are there at once: refuses to grow past what fits. */
function placeFor(peer: string): { grow(size: number): void; leave(): void } {
  let isLarge = false
  return {
    grow: size => {
      if (size > LONGEST_BODY) throw tooLarge()
      if (isLarge || size <= LARGE_BODY) return
      const own = large.filter(other => other === peer).length
      if (large.length >= MOST_LARGE || own >= MOST_LARGE_OF_PEER)
        throw new Failure('unavailable', 'Too many large bodies are being read; try again in a few seconds.')
      isLarge = true
      large.push(peer)
    },
    leave: () => {
      if (isLarge) large.splice(large.indexOf(peer), 1)
    },
  }
}

function tooLarge(): Failure {
  return new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
}

/** Not `for await`, which would destroy the connection before the refusal is out. */
async function collect(request: IncomingMessage, grow: (size: number) => void): Promise<Buffer> {
  const brokenOff = () => new Failure('invalid', 'The body broke off half-way; send it again.')
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) throw tooLarge()
  if (request.destroyed) throw brokenOff()
  const chunks: Buffer[] = []
  let reading: Reading | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (why: unknown) => {
        request.off('data', take)
        chunks.length = 0
        reject(why)
      }
      const begun = { started: performance.now(), size: 0, giveUp }
      const take = (chunk: Buffer) => {
        begun.size += chunk.length
        try {
          grow(begun.size)
          chunks.push(chunk)
        } catch (error) {
          giveUp(error)
        }
      }
      reading = begun
      watched(begun)
      request.on('data', take).on('end', resolve)
      request.on('error', () => reject(brokenOff()))
    })
  } finally {
    if (reading) underWay.delete(reading)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** One timer for all: one for each would cost every small body as much as the rest of it. */
function watched(reading: Reading): void {
  underWay.add(reading)
  watch ??= setInterval(dropSlow, SECOND).unref()
}

function dropSlow(): void {
  const now = performance.now()
  for (const { started, size, giveUp } of underWay) {
    const allowed = GRACE + (size / LEAST_BYTES_A_SECOND) * SECOND
    if (now - started > allowed)
      giveUp(
        new Failure(
          'too_slow',
          `The body comes too slowly; send it again, at ${LEAST_BYTES_A_SECOND} bytes a second or faster.`,
        ),
      )
  }
  if (underWay.size > 0) return
  clearInterval(watch)
  watch = undefined
}
