import { Failure } from '../../data/failure.ts'
import { VISIBLE } from '../../data/invisible.ts'

/** The same text. Throws Failure `invalid` when there is nothing to see in it. */
export function notBlank(given: string): string {
  if (!VISIBLE.test(given)) throw nothingIn()
  return given
}

/** The same for a text that comes in pieces of UTF-8, which is read as far as there is something. */
export function refuseBlank(pieces: Iterable<Uint8Array>): void {
  const decoder = new TextDecoder()
  for (const piece of pieces) if (VISIBLE.test(decoder.decode(piece, { stream: true }))) return
  throw nothingIn()
}

function nothingIn(): Failure {
  return new Failure('invalid', 'there is nothing in it; give some text.')
}
