import { method } from '../method.ts'
import { ticket } from '../params/references.ts'
import { MOST_FOR_PROGRAMS, ticketText, WHOLE_TICKET, wholeTicket } from '../tickets/whole.ts'

export default method({
  name: 'get_ticket',
  summary: 'Show a ticket with its follow-ups.',
  description:
    'The newest follow-up comes last, each with its changes, its attachments by the numbers that get_attachment takes, and who got which letter, with what mail systems have reported about it: that it is delayed, delivered or read, or that its reader complained. Of a very long thread the beginning is left out: a program gets the newest 500 follow-ups with at most a million characters, and left_out says how many come before. hold_until says what ends a hold by itself: a day, or answer for that of the submitter. submitter_history says what else the submitter has asked, and failing which of the addresses of submitter and watchers letters do not reach. submitter_stopped says whether the submitter has asked for no more letters about the ticket; a mail from the submitter about it ends that. unconfirmed_watchers are those of the watchers that only the To or Cc of a mail has made watchers; until they answer a letter, or watch names them, they get only what agents write. submitter_name is the display name in the mail of the submitter; if submitter_email is null, it is the From of that mail as written.',
  may: 'agent',
  reads: true,
  params: { ticket: ticket('The ticket to show.') },
  command: 'show <ticket>',
  example: {
    command: 'show 31794',
    says:
      '31794 The printer is on fire\nSupport · open · P3 · times in UTC\nOwner: nobody\nSubmitter: nobody\n\n' +
      '#1 susan · 2026-03-01 12:00 · private\nIt is this one.\nAttachment 1: fuse.txt (5 bytes)',
    gives: {
      ticket: 31794,
      version: 1,
      queue: { id: 1, slug: 'support', title: 'Support' },
      title: 'The printer is on fire',
      reference: null,
      duplicate_of: null,
      submitter_email: null,
      owner: null,
      status: 'open',
      on_hold: false,
      hold_until: null,
      priority: 3,
      due_date: null,
      overdue: false,
      created: '2026-02-28T09:00:00.000Z',
      modified: '2026-02-28T09:00:00.000Z',
      submitter_name: null,
      submitter_stopped: false,
      resolution: null,
      watchers: [],
      unconfirmed_watchers: [],
      submitter_history: null,
      failing: [],
      left_out: 0,
      followups: [
        {
          number: 1,
          date: '2026-03-01T12:00:00.000Z',
          author: 'susan',
          author_kind: 'user',
          door: 'http',
          public: false,
          comment: 'It is this one.',
          is_beginning: false,
          original: null,
          nothing_new: false,
          changes: [],
          attachments: [{ attachment: 1, filename: 'fuse.txt', mime_type: 'text/plain', size: 5 }],
          letters: [],
        },
      ],
    },
  },
  run: ({ ticket }, call) => wholeTicket(call, ticket, MOST_FOR_PROGRAMS),
  says: ticketText,
  gives: ticket => ticket,
  givesSchema: WHOLE_TICKET,
})
