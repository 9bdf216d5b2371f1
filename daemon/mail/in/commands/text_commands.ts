import { Failure } from '../../../../data/failure.ts'
import { batchIn, batchOf } from '../../../../handlers/command/batch.ts'
import type { Said } from '../../../../handlers/command/command.ts'
import { type SlashCommands, slashCommandsIn } from '../../../../handlers/command/slash.ts'
import type { Received } from '../received/received.ts'

const LONG_BATCH = 'The text of this batch is too long; send only its commands, one on each line.'
const LONG_BELOW =
  'Nothing was done. The text below the lines that begin with / is too long; send them in a mail of their own.'

/** The commands of a batch, or why it is none; undefined if the subject announces none. */
export function batchOfMail({ subject, text, newWords }: Received): readonly Said[] | Failure | undefined {
  const kind = batchIn(subject)
  if (!kind) return undefined
  if (text.file !== undefined) return new Failure('too_large', LONG_BATCH)
  return refusalOr(() => batchOf(newWords.text, kind))
}

/** The commands at the top of an answer about a ticket, or why a line there is none; undefined if it has none. */
export function slashOfMail(
  { text, newText }: Received,
  ticket: number,
): SlashCommands | Failure | undefined {
  const { beginning, file } = newText ?? text
  const found = refusalOr(() => slashCommandsIn(beginning, ticket))
  // A text that is too long for a record is in a file, which has the commands, too.
  return found && file !== undefined ? new Failure('too_large', LONG_BELOW) : found
}

function refusalOr<R>(work: () => R): R | Failure {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
