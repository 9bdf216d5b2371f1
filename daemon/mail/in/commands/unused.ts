import { Failure } from '../../../../data/failure.ts'
import type { CommandAct } from '../judgement.ts'
import { type NotKept, notKeptLine } from '../received/missing_parts.ts'
import type { Received } from '../received/received.ts'

const WORDS =
  'The text of your mail is not kept: this command takes none. To add it to the ticket, send "note" with its number.'
const FILES = 'The files of your mail are not kept: no command in it takes files.'

/**
 * What a mail with commands has that none of them got, as sentences: nothing that a person has written disappears unsaid. `most` is the
 * limit of a file, in bytes.
 */
export function unusedBy(
  { said, within }: Pick<CommandAct, 'said' | 'within'>,
  { newWords, attachments, notKept }: Pick<Received, 'newWords' | 'attachments' | 'notKept'>,
  most: number,
): readonly string[] {
  // Whoever only asks for something loses nothing but a signature.
  if (said instanceof Failure || said.every(({ method }) => method.reads)) return []
  const isOne = said.length === 1 && said[0]!.command.label === undefined
  const takesText = said.some(({ method }) => (method.body ?? method.mailBody) !== undefined)
  const takesFiles = isOne && said.some(({ method }) => method.params.attachments !== undefined)
  const lacksText = isOne && !within && !takesText && newWords.isNew
  const lacksFiles = !within && attachments.length > 0 && !takesFiles
  const missing = notKeptLine(withoutRaw(notKept), most)
  return [
    ...(lacksText ? [WORDS] : []),
    ...(lacksFiles ? [FILES] : []),
    ...(missing === undefined ? [] : [missing]),
  ]
}

/** The original mail is kept for the operator alone. */
function withoutRaw(notKept: NotKept): NotKept {
  return { ...notKept, raw: false }
}
