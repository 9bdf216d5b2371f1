import { VISIBLE } from '../../../../data/invisible.ts'
import type { Command } from '../../../../handlers/call.ts'
import type { Said } from '../../../../handlers/command/command.ts'
import type { Received } from '../received/received.ts'
import { NO_TEXT } from './in_answer.ts'

/**
 * The commands of a mail to a link that resolves a ticket. The resolution is that of the link, since whoever has a link must not write to
 * the submitter: a text and files of the mail become a private follow-up.
 */
export function resolvedByLink(
  { command }: Said,
  ticket: number,
  { text, attachments }: Pick<Received, 'text' | 'attachments'>,
): Command[] {
  const hasText = text.file !== undefined || VISIBLE.test(text.beginning)
  if (!hasText && attachments.length === 0) return [command]
  const params = { ticket, message: hasText ? text : { beginning: NO_TEXT }, public: false, attachments }
  return [command, { method: 'add_followup', params }]
}
