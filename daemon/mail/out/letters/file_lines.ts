import type { Attachment } from '../../../../data/tables.ts'
import type { Wording } from './wording.ts'

/** A line for each file of a follow-up: whether it goes along with the letter. */
export function fileLines(
  words: Wording,
  files: readonly Attachment[],
  along: readonly Attachment[],
): string {
  return files
    .map(file => (along.includes(file) ? attached(words, file) : notAttached(words, file)))
    .join('\n')
}

function attached(words: Wording, { filename: file, size }: Attachment): string {
  return words.say('text.attached', { file, size: words.size(size) })
}

/** That a file is too large for the letter, or gone. */
export function notAttached(words: Wording, { filename: file, size }: Attachment): string {
  return words.say('text.not_attached', { file, size: words.size(size) })
}
