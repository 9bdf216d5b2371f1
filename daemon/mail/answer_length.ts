import { wholeLinesOf } from '../../data/beginning.ts'
import { KIB } from '../../data/sizes.ts'

/** Of what one letter answers, in bytes: a list may be longer. */
const LONGEST_ANSWER = 32 * KIB
const CUT = 'The rest is too long for a letter. Use the POST door or the shell to see all of it.'

/** What an answer says, as far as it fits in a letter; the same list where all of it does. */
export function fitting(sentences: readonly string[]): readonly string[] {
  const whole = sentences.join('\n\n')
  if (wholeLinesOf(whole, LONGEST_ANSWER) === whole) return sentences
  return [wholeLinesOf(whole, LONGEST_ANSWER - CUT.length - 2), CUT]
}
