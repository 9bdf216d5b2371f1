import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'
import { bodyBytes } from './body_bytes.ts'
import { type Budget, newBudget } from './budget.ts'
import { LEAST_BYTES_A_SECOND, patienceFor } from './pace.ts'

const MIB = 1024 * 1024
/** Texts of "unlimited" length are welcome, up to this. */
const LONGEST_BODY = 25 * MIB
/** A body above this is large. */
const LARGE_BODY = MIB
const SECOND = 1000

/** How many bytes the others may have together, and of one sender: mostly nobody has logged in yet. */
const smallBytes = newBudget(128 * MIB, 32 * MIB)
/** How many large ones there may be at once, and of one sender. Those who showed a token in a header have places of their own. */
const largePlaces = { unknown: newBudget(4, 2), known: newBudget(2, 2) }

/** Who sends a body: whose it is among all, and whether his login was found good before it is read. */
export interface Sender {
  readonly owner: string
  readonly login: keyof typeof largePlaces
}

interface Reading {
  readonly started: number
  size: number
  giveUp(why: Failure): void
}

/** The bodies that are being read now. */
const underWay = new Set<Reading>()
let watch: NodeJS.Timeout | undefined

/**
 * Reads a body and does the work with its bytes. Throws Failure `too_large` past 25 MiB, `unavailable` while there are too many others,
 * `too_slow` for one that comes too slowly, `invalid` where it breaks off.
 */
export async function readBytes<R>(
  request: IncomingMessage,
  sender: Sender,
  work: (bytes: Buffer) => Promise<R>,
): Promise<R> {
  const place = placeFor(sender)
  try {
    return await work(await collect(request, place.grow))
  } finally {
    place.leave()
  }
}

/** Whether a request says that its body will be large. */
export function isLarge({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Number(headers['content-length'] ?? 0) > LARGE_BODY
}

/** What a body holds of the budgets while it grows; it refuses to grow past what fits. */
function placeFor({ owner, login }: Sender): { grow(size: number): void; leave(): void } {
  let budget: Budget = smallBytes
  let held = 0
  const leave = () => {
    if (held > 0) budget.give(owner, held)
    held = 0
  }
  const take = (amount: number) => {
    if (!budget.take(owner, amount))
      throw new Failure('unavailable', 'Too many large bodies are being read; try again in a few seconds.')
    held += amount
  }
  const grow = (size: number) => {
    if (size > LONGEST_BODY) throw tooLarge()
    if (budget !== smallBytes) return
    if (size <= LARGE_BODY) return take(size - held)
    leave()
    budget = largePlaces[login]
    take(1)
  }
  return { grow, leave }
}

function tooLarge(): Failure {
  return new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
}

/** Not `for await`, which would destroy the connection before the refusal is out. */
async function collect(request: IncomingMessage, grow: (size: number) => void): Promise<Buffer> {
  const brokenOff = () => new Failure('invalid', 'The body broke off half-way; send it again.')
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) throw tooLarge()
  if (request.destroyed) throw brokenOff()
  const body = bodyBytes(LARGE_BODY, Number(request.headers['content-length'] ?? LONGEST_BODY))
  let reading: Reading | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (why: unknown) => {
        request.off('data', take)
        body.drop()
        reject(why)
      }
      const begun = { started: performance.now(), size: 0, giveUp }
      const take = (chunk: Buffer) => {
        begun.size += chunk.length
        try {
          grow(begun.size)
          body.add(chunk)
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
  return body.all()
}

/** One timer for all: one for each would cost every small body as much as the rest of it. */
function watched(reading: Reading): void {
  underWay.add(reading)
  watch ??= setInterval(dropSlow, SECOND).unref()
}

function dropSlow(): void {
  const now = performance.now()
  for (const { started, size, giveUp } of underWay) {
    if (now - started > patienceFor(size))
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
