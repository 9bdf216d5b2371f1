import type { Apart } from './parse.ts'

/** What a follow-up says of the files that it has no place for; `mail` is the file that has them all the same. */
export function leftOutLine({ count, names }: Apart['leftOut'], mail: string | undefined): string {
  const more = count - names.length
  const named = names.map(name => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '')
  const where =
    mail === undefined ? 'They are not kept, since its subject holds a password.' : `${mail} has them.`
  return `This mail has more files than a follow-up takes. Not attached here: ${named}. ${where}`
}
