import { createHash, createHmac, randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { base32 } from './base32.ts'
import { absent, withPath, writeDurably } from './disk.ts'
import { Failure } from './failure.ts'

const KEY_BYTES = 32
const MAC_DIGITS = 16
const LONG_MARK_BYTES = 10
const LONG_MARK_CHARACTERS = 16
const SHORT_CHARACTERS = 24

/** Makes and checks signatures with the key of this site, to recognize our own letters when they come back by mail. */
export interface Keys {
  /** Sixteen hex digits of an HMAC-SHA-256 (RFC 2104), different for each purpose. */
  mark(purpose: string, text: string): string
  isMark(purpose: string, text: string, mark: string): boolean
  /** Eighty bits of the same in sixteen characters of base32, for what proves something and must stay short. */
  longMark(purpose: string, text: string): string
  isLongMark(purpose: string, text: string, mark: string): boolean
}

/** Format of the file `keys`. */
const FORMAT = 1

/**
 * Reads the key of a state directory from its file `keys`, and creates it if it is missing. Throws Failure `invalid` if the file is
 * damaged or has another format.
 */
export async function openKeys(directory: string): Promise<Keys> {
  const path = join(directory, 'keys')
  const kept = await readFile(path, 'utf8').catch(error => absent(withPath(error, path) as Error))
  const key = kept === undefined ? await makeKey(path) : keyIn(path, kept)
  const mac = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest()
  const mark = (purpose: string, text: string) => mac(purpose, text).toString('hex').slice(0, MAC_DIGITS)
  const longMark = (purpose: string, text: string) => base32(mac(purpose, text).subarray(0, LONG_MARK_BYTES))
  return {
    mark,
    // Most addresses and Message-IDs have no mark, and need no HMAC.
    isMark: (purpose, text, given) => given.length === MAC_DIGITS && equal(mark(purpose, text), given),
    longMark,
    isLongMark: (purpose, text, given) =>
      given.length === LONG_MARK_CHARACTERS && equal(longMark(purpose, text), given),
  }
}

async function makeKey(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  await writeDurably(path, `${path}.${randomUUID()}`, Buffer.from(keysText(key)))
  return key
}

function keysText(key: Buffer): string {
  return `${JSON.stringify({ helpdeskd_keys: FORMAT, key: key.toString('base64url') })}\n`
}

function keyIn(path: string, text: string): Buffer {
  const [, format, encoded = ''] = /^\{"helpdeskd_keys":(\d+)(?:,"key":"([\w-]+)")?/.exec(text) ?? []
  if (format && format !== `${FORMAT}`) {
    throw new Failure('invalid', `${path} has format ${format}; this version reads ${FORMAT}.`)
  }
  const key = Buffer.from(encoded, 'base64url')
  // Compares with the encoded key, since the decoder ignores invalid characters.
  if (key.length === KEY_BYTES && text.trimEnd() === keysText(key).trimEnd()) return key
  throw new Failure('invalid', `${path} is damaged; restore it from a backup.`)
}

/** SHA-256 in hex. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** A SHA-256 cut to 144 bits, in 24 characters. Small, since many are stored; use it only where a collision helps no attacker. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, SHORT_CHARACTERS)
}

/**
 * A hash of a secret that may be guessable, in hex: scrypt (RFC 7914), so that guessing is as slow as for a password. It takes
 * about 40 ms, outside the main thread.
 */
export async function slowHash(secret: string, salt: string): Promise<string> {
  const hash = await promisify<string, string, number, Buffer>(scrypt)(secret, salt, KEY_BYTES)
  return hash.toString('hex')
}

/** An initial password: 96 random bits in 16 characters. */
export function randomPassword(): string {
  return randomBytes(12).toString('base64url')
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
