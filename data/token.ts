import { randomBytes } from 'node:crypto'
import { base32 } from './base32.ts'

const LENGTH = 26
const BYTES = 20
const PREFIX = 'hdt_'
const TOKEN = new RegExp(`^${PREFIX}[a-z2-7]{${LENGTH}}$`)
/** Also a mistyped token: too long, too short, or in capitals. */
const LIKE_TOKEN = new RegExp(`${PREFIX}[a-z0-9]{6,}`, 'gi')

/** The extension of an address (RFC 5233) that is a token, or similar to one. */
const EXTENSION = new RegExp(`\\+(${PREFIX}[a-z0-9]{6,})(?=@)`, 'i')

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

/** The token in the extension of an address, or what is similar to one. Mail systems may have changed its case, which tokens do not need. */
export function addressToken(address: string): string | undefined {
  return EXTENSION.exec(address)?.[1]?.toLowerCase()
}

/** An address without the extension that is a token, or similar to one. */
export function withoutAddressToken(address: string): string {
  return address.replace(EXTENSION, '')
}

/** Where a text has tokens and everything similar. */
export function likeTokensIn(text: string): { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(LIKE_TOKEN)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }))
}
