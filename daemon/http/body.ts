import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import { type Form, parseForm } from './form.ts'

/** Texts of "unlimited" length are welcome, up to this. */
const LONGEST_BODY = 25 * 1024 * 1024
/** A body up to this is read beside any number of others. */
const LARGE_BODY = 1024 * 1024
/** How many larger ones there may be at once, so that nobody fills the memory before he has logged in. */
const MOST_LARGE = 4
let large = 0

/**
 * Reads a form-encoded body and does the work with it. Throws Failure `too_large` past 25 MiB, `unavailable` while there are too
 * many large ones, `invalid` where it is no form in UTF-8 or breaks off.
 */
export async function withForm<R>(request: IncomingMessage, work: (form: Form) => Promise<R>): Promise<R> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== 'application/x-www-form-urlencoded') {
    throw new Failure(
      'invalid',
      `The body is ${shown(type)}; send a form, application/x-www-form-urlencoded.`,
    )
  }
  const place = takePlace()
  try {
    return await work(parseForm(await readBytes(request, place.grow)))
  } finally {
    place.leave()
  }
}

/** A place among the bodies that are there at once: refuses to grow past what fits. */
function takePlace(): { grow(size: number): void; leave(): void } {
  let isLarge = false
  return {
    grow: size => {
      if (size > LONGEST_BODY) {
        throw new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
      }
      if (isLarge || size <= LARGE_BODY) return
      if (large >= MOST_LARGE) {
        throw new Failure('unavailable', 'Too many large bodies are being read; try again in a few seconds.')
      }
      isLarge = true
      large++
    },
    leave: () => {
      if (isLarge) large--
    },
  }
}

/** Not `for await`, which would destroy the connection before the refusal is out. */
async function readBytes(request: IncomingMessage, grow: (size: number) => void): Promise<Buffer> {
  const brokenOff = () => new Failure('invalid', 'The body broke off half-way; send it again.')
  grow(Number(request.headers['content-length'] ?? 0))
  if (request.destroyed) throw brokenOff()
  const chunks: Buffer[] = []
  let size = 0
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      size += chunk.length
      try {
        grow(size)
        chunks.push(chunk)
      } catch (error) {
        request.off('data', take)
        chunks.length = 0
        reject(error)
      }
    }
    request.on('data', take).on('end', resolve)
    request.on('error', () => reject(brokenOff()))
  })
  return Buffer.concat(chunks)
}
