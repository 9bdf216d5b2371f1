import type { Attachment } from '../../../../data/tables.ts'
import type { Wording } from './wording.ts'

/** A line for each file of a follow-up: whether it goes along with the letter. */
export function fileLines(
  words: Wording,
  files: readonly Attachment[],
  along: readonly Attachment[],
): string {
  return files
    .map(file => {
      const key = along.includes(file) ? 'text.attached' : 'text.not_attached'
      return words.say(key, { file: file.filename, size: words.size(file.size) })
    })
    .join('\n')
}
