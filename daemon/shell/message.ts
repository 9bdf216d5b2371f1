import { isUtf8 } from 'node:buffer'
import { Failure } from '../../data/failure.ts'
import { MIB } from '../../data/sizes.ts'
import { LONGEST_KEPT, mayBeLong } from '../../handlers/params/kept_text.ts'
import type { Frames } from './frames.ts'
import type { ShellCommand } from './run.ts'

/** The limit for all long texts of one command, in bytes. */
export const MOST_BYTES = 25 * MIB

/**
 * A command as a line of JSON. `long` has the number of UTF-8 bytes of each long text; the texts follow the line, one after the other. In
 * JSON they would be up to six times as long.
 */
export interface Message {
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  readonly long?: Readonly<Record<string, number>>
  readonly as?: string | undefined
}

/** What a shell sends for a command: the line, and the long texts. */
export function partsOf({ method, params, as }: ShellCommand): (string | Uint8Array)[] {
  const short: [string, unknown][] = []
  const long: [string, Uint8Array][] = []
  for (const [name, value] of Object.entries(params)) {
    const bytes = typeof value === 'string' && mayBeLong(value) ? Buffer.from(value) : undefined
    if (bytes && bytes.length > LONGEST_KEPT) long.push([name, bytes])
    else short.push([name, value])
  }
  const sizes = Object.fromEntries(long.map(([name, { length }]) => [name, length]))
  const message = { method, params: Object.fromEntries(short), as, ...(long.length ? { long: sizes } : {}) }
  return [`${JSON.stringify(message)}\n`, ...long.map(([, bytes]) => bytes)]
}

/** Reads a line; undefined if it is not a command. Throws Failure `too_large` if its long texts exceed 25 MiB. */
export function messageIn(line: string): Message | undefined {
  const message = parsed(line)
  if (message && bytesBehind(message) > MOST_BYTES)
    throw new Failure('too_large', `The texts are too long; send at most ${MOST_BYTES} bytes.`)
  return message
}

/** How many bytes follow the line of a message. */
export function bytesBehind({ long = {} }: Message): number {
  return Object.values(long).reduce((sum, size) => sum + size, 0)
}

/** The command with the long texts after its line. Throws Failure `invalid` if they end too early or are not UTF-8. */
export async function withTexts(
  { method, params, long = {}, as }: Message,
  frames: Frames,
): Promise<ShellCommand> {
  const texts: [string, Uint8Array][] = []
  for (const [name, size] of Object.entries(long)) {
    const bytes = await frames.bytes(size)
    if (!bytes || !isUtf8(bytes))
      throw new Failure('invalid', 'A text is incomplete or not UTF-8; send it again.')
    texts.push([name, bytes])
  }
  return { method, params: { ...params, ...Object.fromEntries(texts) }, as }
}

function parsed(line: string): Message | undefined {
  try {
    const { method, params, long = {}, as } = JSON.parse(line) as Message
    const texts = Object.values(params).every(value => typeof value === 'string')
    const sizes = Object.values(long).every(size => Number.isSafeInteger(size) && size >= 0)
    const isNamed = as === undefined || typeof as === 'string'
    if (typeof method !== 'string' || !texts || Array.isArray(params) || !sizes || !isNamed) return undefined
    return { method, params, long, as }
  } catch {
    return undefined
  }
}
