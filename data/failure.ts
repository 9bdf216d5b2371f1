import { beginningOf } from './beginning.ts'
import { INVISIBLE } from './invisible.ts'
import { withoutSecrets } from './secret_words.ts'
import { KIB } from './sizes.ts'
import { withoutTokens } from './token.ts'

/** The kinds of expected refusal. `daemon/codes.ts` maps each to a status of each door. */
export const codes = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'too_slow',
  'unsupported',
  'too_many',
  'full',
  'unavailable',
] as const
export type Code = (typeof codes)[number]

/** In bytes: a parameter may be one that no method has. */
const LONGEST_NAME = 100
/** Longest sentence in bytes, since sentences are stored too. Every path on a disk is shorter. */
const LONGEST_SENTENCE = 8 * KIB

interface FailureDetails {
  readonly retryAfter?: number | undefined
  readonly parameter?: string | undefined
}

/**
 * An expected refusal: a code for programs, a sentence for a person, and, if known, after how many seconds to try again and which
 * parameter of a method is to blame. Anything else that is thrown is a bug.
 */
export class Failure extends Error {
  readonly code: Code
  readonly retryAfter: number | undefined
  readonly parameter: string | undefined
  constructor(code: Code, sentence: string, { retryAfter, parameter }: FailureDetails = {}) {
    super(beginningOf(withoutTokens(sentence), LONGEST_SENTENCE))
    this.name = 'Failure'
    this.code = code
    this.retryAfter = retryAfter
    this.parameter = parameter === undefined ? undefined : withoutTokens(beginningOf(parameter, LONGEST_NAME))
  }
}

/** Whether the same call may succeed later. */
export function isTemporary({ code }: Failure): boolean {
  return code === 'full' || code === 'unavailable' || code === 'too_many'
}

const LONGEST_SHOWN = 40
/** Enough to recognize a secret that begins within the characters shown. */
const LONGEST_LOOKED_AT = 200

/**
 * A value as a sentence may show it: quoted, cut to 40 characters, with invisible characters escaped, and without tokens and the
 * text after a word that names a secret. Never pass a secret itself.
 */
export function shown(value: string): string {
  const told = withoutSecrets(value.slice(0, LONGEST_LOOKED_AT))
  const cut = [...told].slice(0, LONGEST_SHOWN).join('')
  const tail = cut.length < told.length || value.length > LONGEST_LOOKED_AT ? '…' : ''
  const text = JSON.stringify(cut).replace(INVISIBLE, escaped)
  return `${text.slice(0, -1)}${tail}"`
}

function escaped(characters: string): string {
  const units = characters.split('')
  return units.map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}
