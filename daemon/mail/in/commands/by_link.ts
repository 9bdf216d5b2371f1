import type { Command } from '../../../../handlers/call.ts'
import type { Said } from '../../../../handlers/command/command.ts'
import { hasText, textOrNote } from '../received/keep_text.ts'
import type { Received } from '../received/received.ts'

/**
 * The commands of a mail to a link that resolves a ticket. The resolution is that of the link, since whoever has a link must not write to
 * the submitter: a text and files of the mail become a private follow-up.
 */
export function resolvedByLink(
  { command }: Said,
  ticket: number,
  { text, attachments }: Pick<Received, 'text' | 'attachments'>,
): Command[] {
  if (!hasText(text) && attachments.length === 0) return [command]
  const params = { ticket, message: textOrNote(text), public: false, attachments }
  return [command, { method: 'add_followup', params }]
}
