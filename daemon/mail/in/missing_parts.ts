import type { Apart } from './parser/parser_program.ts'

/** How many of the files the line names. */
export const MOST_NAMES = 10

/**
 * The line of a follow-up about the files beyond its limit: `mail` is the name of the attached mail that contains them; if it is not
 * attached, `why` is the reason.
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

/** The parts of a mail that were not kept for lack of space. */
export interface NotKept {
  /** The names of attachments. */
  readonly files: readonly string[]
  readonly endOfText: boolean
  readonly raw: boolean
}

/** The line of a follow-up that names the parts that were not kept; undefined if all were kept. */
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
