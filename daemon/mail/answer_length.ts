import { wholeLinesOf } from '../../data/beginning.ts'
import { KIB } from '../../data/sizes.ts'

/** In bytes; a longer answer to a command, such as a list, is cut. */
const LONGEST_ANSWER = 32 * KIB
const CUT = 'The rest is too long for a letter. Use the HTTP door or the shell to see all of it.'

/** The sentences that fit in one letter: all of them, or their beginning and a note that the rest is missing. */
export function fitting(sentences: readonly string[]): readonly string[] {
  const whole = sentences.join('\n\n')
  if (wholeLinesOf(whole, LONGEST_ANSWER) === whole) return sentences
  return [wholeLinesOf(whole, LONGEST_ANSWER - CUT.length - 2), CUT]
}
