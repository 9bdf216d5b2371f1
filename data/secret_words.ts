// One thing: what may be a secret in somebody's words, and texts without it.
import { withoutTokens } from './token.ts'

/** What stands in the place of a secret. */
export const REMOVED = '[removed]'
/** A shorter one would be found in too many words, and no password that is set here is shorter. */
const SHORTEST_BLANKED = 6

/** Words that name a secret, and words that do so also as the end of another, as in `dbPassword`. */
const WORDS =
  'pass|pw|pwd|pswd|passphrase|passcode|secret|token|api[ _-]?key|kennwort|wachtwoord|contrase[nñ]a|senha|mot de passe|parola|has[lł]o'
const ENDINGS = 'passw(?:or[dt]|d)?|paswor[dt]|passwrd|passowrd|(?:access|auth|bearer|refresh|id)token'
/** With an equals sign or a colon behind it, and perhaps blanks and a quote between. The number of a token (`token=5`) is none. */
const NAMED = new RegExp(
  `(?:(?<![\\p{L}])(?:${WORDS})|(?:${ENDINGS}))[0-9]{0,3}["'’”]?[ \\t]{0,20}(?:(?:is|ist|est|es)[ \\t]{0,20})?(?:[:：]|=(?<!token=(?=[0-9]{1,15}[ \\t]{0,20}$)))`,
  'iu',
)
/** The methods that set a password, also misspelt. Their other parameters stay, so that the line is understood. */
const METHODS =
  /(?<![\p{L}_])(?:set[_-]?password|add[_-]user)(?![\p{L}_])(?:[ \t]+(?:username|email|full_name|admin)=(?:"[^"]*"|[^\s"]*))*/iu
const KEY = /^[ \t]+new_password=/i

/** Where what may be a secret begins in a line; undefined where there is none. */
export function secretStart(line: string): number | undefined {
  const ends = [NAMED.exec(line), METHODS.exec(line)].flatMap(found => {
    if (!found) return []
    const end = found.index + found[0].length
    return [end + (KEY.exec(line.slice(end, end + 100))?.[0].length ?? 0)]
  })
  const start = Math.min(...ends)
  return start < line.length && line.slice(start).trim() !== '' ? start : undefined
}

/**
 * A line as it may be kept, logged and told: all that follows the name of a password, of a token or of a method that sets a password is
 * replaced, and so are all tokens. What comes behind a secret goes too, since a password may hold blanks that nobody quoted.
 */
export function withoutSecrets(line: string): string {
  const start = secretStart(line)
  if (start === undefined) return withoutTokens(line)
  const front = line.slice(0, start).trimEnd()
  return `${withoutTokens(front)}${front.endsWith('=') ? '' : ' '}${REMOVED}`
}

/** A text without the password or token that its session logged in with, which people paste where it does not belong. */
export function blanked(text: string, secret: string | undefined): string {
  return isBlankable(secret) ? text.replaceAll(secret, REMOVED) : text
}

/** The same for a text in UTF-8, with another replacement if need be; gives the same array where the secret is not in it. */
export function blankedBytes(
  bytes: Uint8Array,
  secret: string | undefined,
  replacement = REMOVED,
): Uint8Array {
  if (!isBlankable(secret)) return bytes
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = Buffer.byteLength(secret)
  const pieces: Buffer[] = []
  let from = 0
  for (let at = whole.indexOf(secret); at >= 0; at = whole.indexOf(secret, from)) {
    pieces.push(whole.subarray(from, at), Buffer.from(replacement))
    from = at + length
  }
  return from === 0 ? bytes : Buffer.concat([...pieces, whole.subarray(from)])
}

/** The same for a text in UTF-8 that comes in pieces, also with the secret across two of them; calls `found` when it is in it. */
export async function* blankedPieces(
  pieces: AsyncIterable<Uint8Array>,
  secret: string | undefined,
  found: () => void,
  replacement = REMOVED,
): AsyncGenerator<Uint8Array, void> {
  if (!isBlankable(secret)) return yield* pieces
  const overlap = Buffer.byteLength(secret) - 1
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces) {
    const joined = Buffer.concat([rest, piece])
    const clean = blankedBytes(joined, secret, replacement)
    if (clean !== joined) found()
    const end = Math.max(0, clean.length - overlap)
    yield clean.subarray(0, end)
    rest = clean.subarray(end)
  }
  yield rest
}

/** A mail as it came with asterisks in place of the secret, as long as before. It is not found where it is encoded. */
export function starredPieces(
  pieces: AsyncIterable<Uint8Array>,
  secret: string | undefined,
): AsyncIterable<Uint8Array> {
  if (!isBlankable(secret)) return pieces
  return blankedPieces(pieces, secret, () => {}, '*'.repeat(Buffer.byteLength(secret)))
}

function isBlankable(secret: string | undefined): secret is string {
  return secret !== undefined && secret.length >= SHORTEST_BLANKED
}
