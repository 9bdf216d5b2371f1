import type { Attachment, Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import type { Call } from '../method.ts'
import type { KeptText } from '../params/kept_text.ts'
import { answeredToo, recentAnswers } from './recent_answers.ts'

/** Resolves a ticket and tells those concerned. Also gives what the answer adds about other agents who answered lately. */
export async function resolveWith(
  call: Call,
  ticket: Ticket,
  resolution: KeptText,
  attachments?: readonly Attachment[],
): Promise<{ readonly ticket: Ticket; readonly too: string }> {
  const too = answeredToo(await recentAnswers(call, ticket), call.now)
  const note = { comment: resolution, public: true, attachments, event: 'resolved' } as const
  return { ticket: await change(call, ticket, { status: 3, resolution }, note), too }
}
