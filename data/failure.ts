/** The kinds of expected refusal. `daemon/codes.ts` says what each is at each door. */
export const codes = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'too_many',
  'full',
  'unavailable',
] as const
export type Code = (typeof codes)[number]

/** An expected refusal: a code for programs and a whole sentence for a person. Anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly code: Code
  constructor(code: Code, sentence: string) {
    super(sentence)
    this.name = 'Failure'
    this.code = code
  }
}

/** Whether the same call may go through later, so that it is not refused for good. */
export function isTemporary({ code }: Failure): boolean {
  return code === 'full' || code === 'unavailable' || code === 'too_many'
}

const LONGEST_SHOWN = 40

/**
 * A value as a sentence may show it: quoted, control and format characters escaped, at most 40 characters of it.
 * Never for a secret.
 */
export function shown(value: string): string {
  const characters = [...value.slice(0, LONGEST_SHOWN * 2)]
  const cut = characters.slice(0, LONGEST_SHOWN).join('')
  const tail = cut.length < value.length ? '…' : ''
  const escaped = JSON.stringify(cut).replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escapeCharacter)
  return `${escaped.slice(0, -1)}${tail}"`
}

function escapeCharacter(character: string): string {
  const units = character.split('')
  return units.map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}
