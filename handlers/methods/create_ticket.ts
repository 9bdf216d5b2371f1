import { LOCALES } from '../../data/locales.ts'
import { change } from '../change.ts'
import { method } from '../method.ts'
import { sender } from '../params/addresses.ts'
import { choice } from '../params/choices.ts'
import { attachments } from '../params/files.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { date, priority } from '../params/numbers_and_dates.ts'
import { activeUser, queue } from '../params/references.ts'
import { text, title } from '../params/texts.ts'
import { reference } from '../params/ticket_reference.ts'
import { defaultOwner } from '../queues/default_owner.ts'
import { ID } from '../result_schema.ts'
import { ticketToJoin } from '../tickets/alerts.ts'
import { WRITERS, writtenBy } from '../tickets/forwarded.ts'
import { withJoining } from '../tickets/joining.ts'
import { checkReference } from '../unique.ts'
import { refuseBlind } from '../visible.ts'

export default method({
  name: 'create_ticket',
  summary: 'Create a ticket.',
  description:
    'The submitter is notified when the ticket is created, and of every public update. Without assigned_to, the ticket is assigned to the default owner of its queue. The owner and the CC addresses of the queue are notified; if there are none, the administrators are.',
  may: 'submitter',
  params: {
    queue: queue('The queue of the ticket; list_queues shows the ids.'),
    title: title('The title of the ticket.', 100),
    body: optional(text('The full description of the request, of any length.')),
    submitter_email: optional(sender('The mail address of the person who submits the ticket.')),
    assigned_to: optional(activeUser('The user that the ticket is assigned to; find_user gives the id.')),
    priority: optional(priority('The priority, from 1 (high) to 5 (low); defaults to 3.')),
    due_date: optional(date('The day by which the ticket must be resolved.')),
    reference: optional(
      reference(
        'A name that the caller chooses for the ticket, like the number of an invoice; no other ticket may have it. Afterwards, ref: and this name can stand for the ticket number.',
      ),
    ),
    attachments: optional(attachments('Files to attach to the ticket.')),
    joins: optional({
      ...flag('Whether it may become a follow-up of an open ticket, as the mail of a machine.'),
      fromDoor: true,
    }),
    forwarded: optional({
      ...choice('Who wrote the text, if the user who calls has forwarded it for the submitter.', WRITERS),
      fromDoor: true,
    }),
    locale: optional({ ...choice('The language of its mail.', LOCALES), fromDoor: true }),
    note: optional({ ...text('What that user says about it, to staff alone.'), fromDoor: true }),
    note_files: optional(attachments('Files beside that.')),
  },
  command: 'create <queue>: <title>',
  body: 'body',
  example: {
    command: 'create support: The printer is on fire',
    body: 'It is the one on the second floor.',
    says: 'Ticket 31795 is open in queue Support.',
    gives: 31795,
  },
  run: async (
    {
      queue,
      title,
      body,
      submitter_email,
      assigned_to,
      priority,
      due_date,
      reference,
      attachments,
      joins,
      forwarded,
      locale,
      note,
      note_files,
    },
    call,
  ) => {
    const submitter = submitter_email?.address
    const open = joins && submitter ? await ticketToJoin(call, { queue, title, submitter }) : undefined
    if (open) {
      const more = { comment: body, attachments, event: 'followed_up' } as const
      return { ticket: await change(call, open, {}, more), hasJoined: true }
    }
    if (reference !== undefined) await checkReference(call, reference)
    const owner = assigned_to ?? (await defaultOwner(call.tx, queue))
    if (assigned_to) await refuseBlind(call.tx, assigned_to.id, queue.id)
    const ticket = await call.tx.add('tickets', {
      version: 0,
      queue: queue.id,
      title,
      opened_in: queue.slug,
      submitter_email: submitter_email?.address ?? null,
      ...(submitter_email?.name ? { submitter_name: submitter_email.name } : {}),
      assigned_to: owner?.id ?? null,
      status: 1,
      on_hold: false,
      priority: priority ?? 3,
      due_date: due_date ?? null,
      resolution: null,
      ...(reference === undefined ? {} : { reference }),
      ...(locale !== undefined && queue.locale === 'auto' ? { locale } : {}),
      created: call.now,
      modified: call.now,
    })
    const joining = await withJoining(call, ticket)
    const words = { comment: body, public: true, attachments, event: 'opened' } as const
    const writer = forwarded && submitter_email ? await writtenBy(call, submitter_email, forwarded) : call
    const opened = await change(writer, ticket, joining, words)
    if (!note && !note_files?.length) return { ticket: opened, hasJoined: false }
    const beside = { comment: note, attachments: note_files, event: 'followed_up' } as const
    return { ticket: await change({ ...call, original: undefined }, opened, {}, beside), hasJoined: false }
  },
  says: ({ ticket, hasJoined }, { queue }) =>
    hasJoined
      ? `A private follow-up is added to ticket ${ticket.id}, since sender and title are the same.`
      : `Ticket ${ticket.id} is open in queue ${queue.title}.`,
  gives: ({ ticket }) => ticket.id,
  givesAs: 'ticket',
  givesSchema: ID,
})
