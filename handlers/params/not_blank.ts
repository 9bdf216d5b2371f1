import { Failure } from '../../data/failure.ts'
import { VISIBLE } from '../../data/invisible.ts'

/** Gives the text unchanged. Throws Failure `invalid` if it has no visible character. */
export function notBlank(given: string): string {
  if (!VISIBLE.test(given)) throw nothingIn()
  return given
}

/** Throws Failure `invalid` if a text in pieces of UTF-8 has no visible character. Reads up to the piece with the first one. */
export function refuseBlank(pieces: Iterable<Uint8Array>): void {
  const decoder = new TextDecoder()
  for (const piece of pieces) if (VISIBLE.test(decoder.decode(piece, { stream: true }))) return
  throw nothingIn()
}

function nothingIn(): Failure {
  return new Failure('invalid', 'there is no visible text; give some text.')
}
