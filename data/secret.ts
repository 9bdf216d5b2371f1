import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from './disk.ts'
import { Failure } from './failure.ts'

const KEY_BYTES = 32
const MAC_DIGITS = 16

/** Marks made with the site's own key, so that what comes back by mail shows whether we wrote it. */
export interface Keys {
  /** Sixteen hex digits of an HMAC-SHA-256 (RFC 2104), different for each purpose. */
  mark(purpose: string, text: string): string
  isMark(purpose: string, text: string, mark: string): boolean
}

/** Reads the key of a state directory, and makes it when there is none. It is kept in `keys`, apart from the snapshot. */
export async function openKeys(directory: string): Promise<Keys> {
  const path = join(directory, 'keys')
  const kept = await readFile(path, 'utf8').catch(absent)
  const key = kept === undefined ? await makeKey(path) : Buffer.from(kept.trim(), 'base64url')
  const whole = key.length === KEY_BYTES && (kept ?? encoded(key)).trim() === encoded(key)
  if (!whole) throw new Failure('invalid', `${path} is damaged; put it back from a backup.`)
  const mark = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest('hex').slice(0, MAC_DIGITS)
  return { mark, isMark: (purpose, text, given) => equal(mark(purpose, text), given) }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function makeKey(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  await writeDurably(path, `${path}.${randomUUID()}`, Buffer.from(`${encoded(key)}\n`))
  return key
}

function encoded(key: Buffer): string {
  return key.toString('base64url')
}

/** SHA-256 in hex. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** A password for a person to type once: 96 random bits in sixteen characters. */
export function randomPassword(): string {
  return randomBytes(12).toString('base64url')
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
