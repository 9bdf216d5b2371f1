import { createHash, createHmac, randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { absent, writeDurably } from './disk.ts'
import { Failure } from './failure.ts'

const KEY_BYTES = 32
const MAC_DIGITS = 16

/** Marks made with the site's own key, so that what comes back by mail shows whether we wrote it. */
export interface Keys {
  /** Sixteen hex digits of an HMAC-SHA-256 (RFC 2104), different for each purpose. */
  mark(purpose: string, text: string): string
  isMark(purpose: string, text: string, mark: string): boolean
}

/** Of the file that keeps them. */
const FORMAT = 1

/**
 * Reads the key of a state directory, and makes it when there is none. It is kept in `keys`, apart from the snapshot. Throws Failure
 * `invalid` for a file that is not as it was written, or that another version wrote.
 */
export async function openKeys(directory: string): Promise<Keys> {
  const path = join(directory, 'keys')
  const kept = await readFile(path, 'utf8').catch(absent)
  const key = kept === undefined ? await makeKey(path) : keyIn(path, kept)
  const mark = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest('hex').slice(0, MAC_DIGITS)
  return { mark, isMark: (purpose, text, given) => equal(mark(purpose, text), given) }
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
  // Written out again, since the decoder overlooks much.
  if (key.length === KEY_BYTES && text.trimEnd() === keysText(key).trimEnd()) return key
  throw new Failure('invalid', `${path} is damaged; put it back from a backup.`)
}

/** SHA-256 in hex. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Lower case alone and short enough for the local part of a mail address (RFC 5321 4.5.3.1.1): some programs keep nothing else. */
const TOKEN_LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const TOKEN_LENGTH = 26
const TOKEN_PREFIX = 'hdt_'
/** A token, wherever it stands. */
export const TOKEN = new RegExp(`${TOKEN_PREFIX}[a-z2-7]{${TOKEN_LENGTH}}(?![a-z2-7])`, 'g')

/** A new token: 130 random bits in base32 (RFC 4648) behind a prefix by which people and scanners know it for a secret. */
export function newToken(): string {
  // A byte has eight times as many values as there are letters, so all are as likely.
  const letters = [...randomBytes(TOKEN_LENGTH)].map(byte => TOKEN_LETTERS[byte % TOKEN_LETTERS.length])
  return TOKEN_PREFIX + letters.join('')
}

/** Whether a text is written as a token, so that it is no password. */
export function isToken(text: string): boolean {
  return text.length === TOKEN_PREFIX.length + TOKEN_LENGTH && text.replace(TOKEN, '') === ''
}

/**
 * A hash of a secret that is to be told apart from others and may be guessable: by scrypt (RFC 7914), so that it is as slow to guess
 * from as a password's. In hex; takes about 40 ms, beside the main thread.
 */
export async function slowHash(secret: string, salt: string): Promise<string> {
  const hash = await promisify<string, string, number, Buffer>(scrypt)(secret, salt, KEY_BYTES)
  return hash.toString('hex')
}

/** A password for a person to type once: 96 random bits in sixteen characters. */
export function randomPassword(): string {
  return randomBytes(12).toString('base64url')
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
