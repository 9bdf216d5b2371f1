import type { Status, Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import { ANSWER } from '../escalation/hold_end.ts'
import { hearsAgain } from '../letters/stopped_letters.ts'
import { isOneOf } from '../letters/writer.ts'
import { type Call, method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'
import { withJoining } from '../tickets/joining.ts'
import { answeredToo, recentAnswers } from '../tickets/recent_answers.ts'
import { isFromStaff } from '../tickets/staff_answer.ts'

export default method({
  name: 'add_followup',
  summary: 'Add a follow-up to a ticket.',
  description:
    'It is mailed to the owner and to the CC addresses of the queue, and to the submitter and the watchers if it is public. It is private unless public is y; a private follow-up is never mailed to the submitter or the watchers. Agents who answer within ten minutes of each other are told.',
  may: 'submitter',
  params: {
    ticket: ticket('The ticket to add the follow-up to.'),
    message: text('The text of the follow-up, of any length.'),
    public: optional(flag('Whether the submitter sees the follow-up; defaults to n.')),
    attachments: optional(attachments('Files to attach to the follow-up.')),
    takes: optional({
      ...flag('Whether a user who answers publicly takes a ticket without owner, as with an answer by mail.'),
      fromDoor: true,
    }),
  },
  command: [
    'followup <ticket> [public][: <message>]',
    { command: 'answer <ticket>[: <message>]', means: { public: 'y' } },
    'note <ticket>[: <message>]',
  ],
  body: 'message',
  example: {
    command: 'followup 31794 public: The part has been ordered.',
    says: 'A public follow-up is added to ticket 31794.',
  },
  run: async ({ ticket, message, public: open = false, attachments, takes = false }, call) => {
    // A mail with nothing but a quote or a signature is kept, and bothers nobody.
    const event = call.isNothingNew ? undefined : 'followed_up'
    const note = { comment: message, public: open, attachments, event } as const
    const too = answeredToo(await recentAnswers(call, ticket), call.now)
    const taken = takes && open ? takenBy(call, ticket) : {}
    const patch = {
      ...reopened(ticket, call),
      ...woken(ticket, call, open),
      ...taken,
      ...hearsAgain(call, ticket),
      ...(await withJoining(call, ticket)),
    }
    return { ticket: await change(call, ticket, patch, note), open, too }
  },
  says: ({ ticket, open, too }) =>
    `A ${open ? 'public' : 'private'} follow-up is added to ticket ${ticket.id}.${too}`,
})

function takenBy({ actor }: Call, { assigned_to }: Ticket): { assigned_to?: number } {
  return actor.kind === 'user' && assigned_to === null ? { assigned_to: actor.user.id } : {}
}

/** An answer from outside reopens a resolved or closed ticket, or a duplicate, since it may be about something else. */
function reopened({ status }: Ticket, call: Call): { status?: Status } {
  return status >= 3 && isFromOutside(call) ? { status: 2 } : {}
}

/** What is not from a machine or from a user without proof, says more than thanks, and comes from a party to the ticket. */
function isFromOutside({ actor, isNothingNew, keepsStatus }: Call): boolean {
  const isOutside = actor.kind === 'submitter' && !actor.automatic && actor.proven !== false
  return isOutside && !isNothingNew && !keepsStatus
}

/** A hold until an answer ends with that of the submitter, at any door, or of a watcher who is not an agent. */
function woken(ticket: Ticket, call: Call, isPublic: boolean): { on_hold?: boolean } {
  const { hold_until, submitter_email, watchers = [] } = ticket
  const { actor } = call
  if (hold_until !== ANSWER) return {}
  const submitters = submitter_email === null ? [] : [submitter_email]
  const isAwaited =
    actor.kind === 'user'
      ? isPublic && isOneOf(actor, submitters)
      : isFromOutside(call) && !isFromStaff(actor, ticket) && isOneOf(actor, [...submitters, ...watchers])
  return isAwaited ? { on_hold: false } : {}
}
