import type { Apart } from './parser/parser_program.ts'

/** How many of the files are named. */
export const MOST_NAMES = 10

/**
 * What a follow-up says of the files that it has no place for: `mail` is the attached mail that holds them, `why` says why it is not
 * attached.
 */
export function leftOutLine(
  { count, names }: Apart['leftOut'],
  mail: string | undefined,
  why: string,
): string {
  const named = listed(names, count)
  const where = mail === undefined ? `They are not kept because ${why}.` : `They are in ${mail}.`
  return `This mail has more attachments than a follow-up can hold. Left out: ${named}. ${where}`
}

/** The parts of a mail that find no room. */
export interface NotKept {
  /** The names of attachments. */
  readonly files: readonly string[]
  readonly endOfText: boolean
  readonly raw: boolean
}

/** The line of a follow-up that names them; undefined where all is kept. */
export function notKeptLine({ files, endOfText, raw }: NotKept): string | undefined {
  const parts = [
    ...(files.length > 0 ? [listed(files.slice(0, MOST_NAMES), files.length)] : []),
    ...(endOfText ? ['the end of its text'] : []),
    ...(raw ? ['the original mail'] : []),
  ]
  return parts.length > 0
    ? `There is not enough space for all of this mail. Not kept: ${parts.join('; ')}.`
    : undefined
}

function listed(names: readonly string[], count: number): string {
  const more = count - names.length
  return names.map(name => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
