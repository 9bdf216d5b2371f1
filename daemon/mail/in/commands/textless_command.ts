import { Failure } from '../../../../data/failure.ts'
import type { Command, Unreadable } from '../../../../handlers/call.ts'
import type { Said } from '../../../../handlers/command/command.ts'
import { isYes } from '../../../../handlers/params/flags.ts'
import type { ParamValues } from '../../../../handlers/value.ts'
import { textOrNote } from '../received/keep_text.ts'

const NEEDED =
  'Nothing was done: this command needs a text. Write it at the top of the mail, above any signature and quote, and send it again.'

/**
 * A command whose mail has no text for it: refused if it needs one. Files alone are enough for a private text; for the submitter they are
 * not, since they may belong to a signature.
 */
export function textlessCommand({ method }: Said, command: Command): Command | Unreadable {
  const params: ParamValues = command.params
  const { body } = method
  if (body === undefined || params[body] !== undefined || method.params[body]!.need !== 'required')
    return command
  const hasFiles = Array.isArray(params.attachments) && params.attachments.length > 0
  if (!hasFiles || isYes(params.public)) return { refused: new Failure('invalid', NEEDED) }
  return { ...command, params: { ...params, [body]: textOrNote({ beginning: '' }) } }
}
