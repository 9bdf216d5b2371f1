import { randomBytes } from 'node:crypto'

/** Lower case and short enough for the local part of a mail address (RFC 5321 4.5.3.1.1): some programs preserve nothing else. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 26
const PREFIX = 'hdt_'
const TOKEN = new RegExp(`^${PREFIX}[a-z2-7]{${LENGTH}}$`)
/** Also a mistyped token: too long, too short, or in capitals. */
const LIKE_TOKEN = new RegExp(`${PREFIX}[a-z0-9]{6,}`, 'gi')

/** A new token: a prefix by which people and secret scanners recognize it, then 130 random bits in base32 (RFC 4648). */
export function newToken(): string {
  // 256 is a multiple of 32, so all letters are equally likely.
  const letters = [...randomBytes(LENGTH)].map(byte => LETTERS[byte % LETTERS.length])
  return PREFIX + letters.join('')
}

/** Whether a text has the form of a token, so it is not a password. */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** A text with `hdt_…` in place of each token and of everything similar, since people paste tokens in wrong places. */
export function withoutTokens(text: string): string {
  return text.replace(LIKE_TOKEN, `${PREFIX}…`)
}
