import type { Followup, Letter, Mail, Queue, Ticket, User } from '../../data/tables.ts'

/** Complete records without an id, for tests of the store; pass only the fields that matter. */
type Fields<R> = Omit<R, 'id'>

const NOON = '2024-05-17T12:00:00.000Z'

export function ticket(fields: Partial<Ticket> = {}): Fields<Ticket> {
  return {
    version: 1,
    queue: 1,
    title: 'The printer is on fire',
    submitter_email: null,
    assigned_to: null,
    status: 1,
    on_hold: false,
    priority: 3,
    due_date: null,
    resolution: null,
    created: NOON,
    modified: NOON,
    ...fields,
  }
}

export function followup(fields: Partial<Followup> = {}): Fields<Followup> {
  return {
    ticket: 1,
    date: NOON,
    comment: '',
    public: false,
    author: { kind: 'operator' },
    door: 'shell',
    changes: [],
    attachments: [],
    message_id: null,
    ...fields,
  }
}

/** A follow-up with one attachment for each of these files. */
export function followupWith(...files: string[]): Fields<Followup> {
  return followup({
    attachments: files.map(file => ({ file, filename: 'a.txt', mime_type: 'text/plain', size: 1 })),
  })
}

export function queue(fields: Partial<Queue> = {}): Fields<Queue> {
  return {
    title: 'Support',
    slug: 'support',
    email_address: null,
    new_ticket_cc: [],
    updated_ticket_cc: [],
    escalate_days: null,
    default_owner: null,
    locale: 'en',
    ...fields,
  }
}

export function user(fields: Partial<User> = {}): Fields<User> {
  return {
    username: 'susan',
    full_name: 'Susan',
    addresses: ['susan@example.org'],
    password_hash: null,
    admin: false,
    active: true,
    ...fields,
  }
}

export function letter(fields: Partial<Letter> = {}): Fields<Letter> {
  return {
    event: 'opened',
    to: 'fred@example.org',
    ticket: null,
    followup: null,
    answer: null,
    state: 'waiting',
    created: NOON,
    due: NOON,
    attempts: [],
    ...fields,
  }
}

export function mail(fields: Partial<Mail> = {}): Fields<Mail> {
  return {
    received: NOON,
    peer: '127.0.0.1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: '',
    message_id: null,
    verdict: 'ticket',
    reasons: [],
    user: null,
    tickets: [],
    raw: null,
    ...fields,
  }
}
