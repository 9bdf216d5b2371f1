import type { IncomingMessage } from 'node:http'
import { SECOND } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import { LEAST_BYTES_A_SECOND, patienceFor, pressedPatienceFor } from '../server/timeouts.ts'
import { type BodyBytes, bodyBytes } from './body_bytes.ts'
import { BodyPlace, LARGE_BODY, LONGEST_BODY, newBudgets, type Sender, tooLarge } from './body_place.ts'

interface Reading {
  readonly started: number
  readonly place: BodyPlace
  size: number
  giveUp(why: Failure): void
}

/** Whether the Content-Length of a request announces a large body. */
export function isLarge({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Number(headers['content-length'] ?? 0) > LARGE_BODY
}

/** The bodies that a door is reading, and what they share. */
export class Bodies {
  readonly #budgets = newBudgets()
  readonly #underWay = new Set<Reading>()
  #watch: NodeJS.Timeout | undefined

  /**
   * Reads a body and runs `work` with its bytes. Throws Failure `too_large` beyond 25 MiB, `unavailable` while too many bodies are being
   * read, `too_slow` if it arrives too slowly in general or while others wait, `invalid` if it ends early.
   */
  async read<R>(request: IncomingMessage, sender: Sender, work: (bytes: Buffer) => Promise<R>): Promise<R> {
    const place = new BodyPlace(this.#budgets, sender)
    try {
      return await work(await this.#collect(request, place))
    } finally {
      place.leave()
    }
  }

  /** Not `for await`, which would destroy the connection before the refusal is sent. */
  async #collect(request: IncomingMessage, place: BodyPlace): Promise<Buffer> {
    if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) throw tooLarge()
    if (request.destroyed) throw brokenOff()
    const body = bodyBytes(LARGE_BODY, Number(request.headers['content-length'] ?? LONGEST_BODY))
    let reading: Reading | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        reading = this.#begin(request, place, body, reject)
        request.on('end', resolve).on('error', () => reject(brokenOff()))
      })
    } finally {
      if (reading) this.#underWay.delete(reading)
    }
    return body.all()
  }

  #begin(
    request: IncomingMessage,
    place: BodyPlace,
    body: BodyBytes,
    reject: (why: unknown) => void,
  ): Reading {
    const giveUp = (why: unknown) => {
      request.off('data', take)
      body.drop()
      place.leave()
      reject(why)
    }
    const begun = { started: performance.now(), place, size: 0, giveUp }
    const take = (chunk: Buffer) => {
      begun.size += chunk.length
      try {
        place.grow(begun.size, () => this.#makeRoom(begun))
        body.add(chunk)
      } catch (error) {
        giveUp(error)
      }
    }
    this.#underWay.add(begun)
    // One timer for all bodies: a timer each would double the cost of a small body.
    this.#watch ??= setInterval(() => this.#dropSlow(), SECOND).unref()
    request.on('data', take)
    return begun
  }

  /** Gives up the stranger's body that is furthest behind `pressedPatienceFor`, large like the new one or not; false if none is behind. */
  #makeRoom(newcomer: Reading): boolean {
    const now = performance.now()
    let [slowest, most]: [Reading | undefined, number] = [undefined, 0]
    for (const reading of this.#underWay) {
      const { place, started, size } = reading
      const behind = now - started - pressedPatienceFor(size)
      const isIts = place.sender.standing === 'stranger' && place.isLarge === newcomer.place.isLarge
      if (isIts && reading !== newcomer && behind > most) [slowest, most] = [reading, behind]
    }
    if (!slowest) return false
    this.#underWay.delete(slowest)
    slowest.giveUp(
      new Failure(
        'too_slow',
        'The body arrived too slowly while others were waiting; send it again, faster.',
      ),
    )
    return true
  }

  #dropSlow(): void {
    const now = performance.now()
    for (const { started, size, giveUp } of this.#underWay) {
      if (now - started > patienceFor(size))
        giveUp(
          new Failure(
            'too_slow',
            `The body arrived too slowly; send it again, at ${LEAST_BYTES_A_SECOND} bytes per second or faster.`,
          ),
        )
    }
    if (this.#underWay.size > 0) return
    clearInterval(this.#watch)
    this.#watch = undefined
  }
}

function brokenOff(): Failure {
  return new Failure('invalid', 'The connection ended before the body was complete; send the request again.')
}
