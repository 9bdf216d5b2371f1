import type { Apart } from '../parser/parser_program.ts'

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

/** The line of a follow-up about a mail that could not be read whole. */
export function faultsLine(faults: readonly string[], mail: string | undefined, why: string): string {
  const where = mail === undefined ? `not kept because ${why}` : `attached as ${mail}`
  return `(Something of this mail may be missing here: ${faults.join('; ')}. The mail itself is ${where}.)`
}

/** A file that is not kept. */
export interface NamedFile {
  readonly filename: string
  /** In bytes. */
  readonly size: number
}

/** The parts of a mail that were not kept. */
export interface NotKept {
  /** The attachments for which there is no space, or no room in the ticket. */
  readonly files: readonly NamedFile[]
  /** The attachments over the limit for one file. */
  readonly tooLarge: readonly NamedFile[]
  readonly endOfText: boolean
  readonly raw: boolean
}

/** The lines of a follow-up that name the parts that were not kept; undefined if all were kept. `most` is the limit of a file, in bytes. */
export function notKeptLine({ files, tooLarge, endOfText, raw }: NotKept, most: number): string | undefined {
  const parts = [
    ...(files.length > 0 ? [listedFiles(files)] : []),
    ...(endOfText ? ['the end of its text'] : []),
    ...(raw ? ['the original mail'] : []),
  ]
  const lines = [
    ...(parts.length > 0
      ? [`There is not enough space for all of this mail. Not kept: ${parts.join('; ')}.`]
      : []),
    ...(tooLarge.length > 0
      ? [`Files of more than ${most} bytes are not kept here. Left out: ${listedFiles(tooLarge)}.`]
      : []),
  ]
  return lines.length > 0 ? lines.join('\n') : undefined
}

function listedFiles(files: readonly NamedFile[]): string {
  const more = files.length - MOST_NAMES
  const named = files.slice(0, MOST_NAMES).map(({ filename, size }) => `"${filename}" (${size} bytes)`)
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function listed(names: readonly string[], count: number): string {
  const more = count - names.length
  return names.map(name => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
