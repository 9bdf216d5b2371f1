import { randomBytes } from 'node:crypto'

/** Lower case alone and short enough for the local part of a mail address (RFC 5321 4.5.3.1.1): some programs keep nothing else. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 26
const PREFIX = 'hdt_'
const TOKEN = new RegExp(`^${PREFIX}[a-z2-7]{${LENGTH}}$`)
/** A token as people mistype it: with a letter more or less, or in capitals. */
const LIKE_TOKEN = new RegExp(`${PREFIX}[a-z0-9]{6,}`, 'gi')

/** A new token: 130 random bits in base32 (RFC 4648) behind a prefix by which people and scanners know it for a secret. */
export function newToken(): string {
  // A byte has eight times as many values as there are letters, so all are as likely.
  const letters = [...randomBytes(LENGTH)].map(byte => LETTERS[byte % LETTERS.length])
  return PREFIX + letters.join('')
}

/** Whether a text is written as a token, so that it is no password. */
export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** A text with `hdt_…` in place of each token, and of what is nearly one: people paste them where they do not belong. */
export function withoutTokens(text: string): string {
  return text.replace(LIKE_TOKEN, `${PREFIX}…`)
}
