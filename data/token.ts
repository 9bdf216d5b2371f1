import { randomBytes } from 'node:crypto'
import { base32 } from './base32.ts'

const LENGTH = 26
const BYTES = 20
const PREFIX = 'hdt_'
const TOKEN = new RegExp(`^${PREFIX}[a-z2-7]{${LENGTH}}$`)
/** Also a mistyped token: too long, too short, or in capitals. */
const LIKE_TOKEN = new RegExp(`${PREFIX}[a-z0-9]{6,}`, 'gi')

/** A new token: a prefix by which people and secret scanners recognize it, then 130 random bits in base32 (RFC 4648). */
export function newToken(): string {
  return PREFIX + base32(randomBytes(BYTES)).slice(0, LENGTH)
}

/** Whether a text has the form of a token, so it is not a password. */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** A text with `hdt_…` in place of each token and of everything similar, since people paste tokens in wrong places. */
export function withoutTokens(text: string): string {
  return text.replace(LIKE_TOKEN, `${PREFIX}…`)
}
