// One thing: finding what may be a secret in a text, and removing it.
import { withoutTokens } from './token.ts'

/** Replaces a secret. */
const REMOVED = '[removed]'
/** A shorter secret would match parts of ordinary words; new passwords are always longer. */
const SHORTEST_BLANKED = 6

/** Words that name a secret, and words that name one also at the end of another word, as in `dbPassword`. */
const WORDS =
  'pass|pw|pwd|pswd|passphrase|passcode|secret|token|api[ _-]?key|kennwort|wachtwoord|contrase[nñ]a|senha|mot de passe|parola|has[lł]o'
const ENDINGS = 'passw(?:or[dt]|d)?|paswor[dt]|passwrd|passowrd|(?:access|auth|bearer|refresh|id)token'
/** Such a word, then an equals sign or a colon, with optional blanks and a quote between. The number of a token (`token=5`) is not a secret. */
const NAMED = new RegExp(
  `(?:(?<![\\p{L}])(?:${WORDS})|(?:${ENDINGS}))[0-9]{0,3}["'’”]?[ \\t]{0,20}(?:(?:is|ist|est|es)[ \\t]{0,20})?(?:[:：]|=(?<!token=(?=[0-9]{1,15}[ \\t]{0,20}$)))`,
  'iu',
)
/** The methods that set a password, also misspelled (`set-password`). Their other parameters stay, to keep the line readable. */
const METHODS =
  /(?<![\p{L}_])(?:set[_-]?password|add[_-]user)(?![\p{L}_])(?:[ \t]+(?:username|email|full_name|admin)=(?:"[^"]*"|[^\s"]*))*/iu
const KEY = /^[ \t]+new_password=/i

/** Where a possible secret begins in a line; undefined if there is none. */
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
 * A line that may be stored, logged and shown: everything after the name of a password, of a token or of a method that sets a password
 * is replaced, and so are all tokens. The rest of the line goes too, since a password may contain unquoted blanks.
 */
export function withoutSecrets(line: string): string {
  const start = secretStart(line)
  if (start === undefined) return withoutTokens(line)
  const front = line.slice(0, start).trimEnd()
  return `${withoutTokens(front)}${front.endsWith('=') ? '' : ' '}${REMOVED}`
}

/** A text without the password or token that its session logged in with, which people sometimes paste into it. */
export function blanked(text: string, secret: string | undefined): string {
  return isBlankable(secret) ? text.replaceAll(secret, REMOVED) : text
}

/** As `blanked`, for a text in UTF-8. Gives the same array if the secret is not in it. */
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

/** As `blankedBytes`, for a text in pieces, also if the secret is split between two of them. Calls `found` for each piece that had it. */
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

/** A raw mail with asterisks in place of secrets, of the same length. A secret in an encoded part (base64) is not found. */
export function starredPieces(
  pieces: AsyncIterable<Uint8Array>,
  secrets: readonly string[],
  found: () => void = () => {},
): AsyncIterable<Uint8Array> {
  return secrets.reduce(
    (rest, secret) => blankedPieces(rest, secret, found, '*'.repeat(Buffer.byteLength(secret))),
    pieces,
  )
}

function isBlankable(secret: string | undefined): secret is string {
  return secret !== undefined && secret.length >= SHORTEST_BLANKED
}
