import { Failure } from '../../../data/failure.ts'
import type { Kind } from '../../../handlers/method.ts'
import type { TypedValue } from '../../../handlers/value.ts'

/** Parses a text by a kind: the value, or the sentence that refuses it. */
export function parsed(kind: Kind<unknown>, text: string): unknown {
  return valueOrSentence(() => kind.parse(text))
}

/** The same for a value that is not text. */
export function accepted(kind: Kind<unknown>, value: TypedValue): unknown {
  return valueOrSentence(() => kind.accept(value))
}

function valueOrSentence(convert: () => unknown): unknown {
  try {
    return convert()
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid') return { sentence: error.message }
    throw error
  }
}

/** Texts that are not numbers. */
export const NEVER_A_NUMBER = [
  '31794abc',
  '1e3',
  ' 7',
  '7 ',
  '0',
  '-1',
  '+1',
  '01',
  '1.0',
  '0x10',
  '٣',
  '１',
  '9007199254740992',
  '99999999999999999999',
  '1_000',
  'NaN',
  'Infinity',
  '',
  '__proto__',
  'constructor',
  '1\n',
  '1\0',
]
/** Texts that are not names, dates or other single words. */
export const BAD_WORDS = [
  '',
  ' ',
  'a b',
  'a\r\nBcc: x@example.org',
  'a\0b',
  '\u202ea',
  'ä',
  '__proto__',
  '1\n',
]
