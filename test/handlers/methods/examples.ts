import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Passwords } from '../../../data/password/password.ts'
import { sha256 } from '../../../data/secret.ts'
import type { Tx } from '../../../data/store.ts'
import type {
  Exclusion,
  FailingAddress,
  Followup,
  Ignore,
  Letter,
  Mail,
  Ticket,
  Token,
} from '../../../data/tables.ts'
import { withoutTokens } from '../../../data/token.ts'
import type { Gives } from '../../../handlers/method.ts'
import { SUSAN } from '../../house.ts'
import { furnish, NOW, susan, TICKET } from '../fixture.ts'

export const passwordHash = await new Passwords().hash(SUSAN.password)
/** The attachment of ticket 31794. */
export const FILE = 'fuse\n'
const FILE_NAME = sha256(FILE)

/** The records for the examples of all methods: the usual ones, a password, tokens, ignored senders, an attachment, a mail and a letter. */
export async function furnishExamples(tx: Tx): Promise<void> {
  await furnish(tx)
  const [user] = await tx.find('users', { username: SUSAN.username })
  await tx.put('users', { ...user!, password_hash: passwordHash })
  for (const letter of LETTERS) await tx.put('letters', letter)
  await tx.put('tickets', OTHER)
  await tx.put('followups', FOLLOWUP)
  await tx.put('followups', RESOLVED)
  await tx.put('tickets', EARLIER)
  for (const followup of EARLIER_FOLLOWUPS) await tx.put('followups', followup)
  await tx.put('mails', MAIL)
  await tx.put('mails', OLD_MAIL)
  for (const token of TOKENS) await tx.put('tokens', token)
  for (const ignore of IGNORES) await tx.put('ignores', ignore)
  await tx.put('failing', FAILING)
  for (const exclusion of EXCLUSIONS) await tx.put('exclusions', exclusion)
}

/** The number of the letter of the examples. */
const EXAMPLE_LETTER = 1
const LETTER: Letter = {
  id: EXAMPLE_LETTER,
  event: 'followed_up',
  to: 'fred@example.org',
  ticket: 31794,
  followup: null,
  answer: null,
  state: 'sent',
  created: NOW,
  // A starting daemon deletes old letters.
  due: new Date().toISOString(),
  attempts: [],
}
const NOT_YET = '2199-01-01T00:00:00.000Z'
/** To somebody who has submitted the other ticket: one that has failed, and one that waits until long after the tests. */
const LETTERS: readonly Letter[] = [
  LETTER,
  {
    ...LETTER,
    id: 2,
    to: 'maria@example.net',
    ticket: 12,
    followup: 2,
    state: 'failed',
    given_up: true,
    due: NOW,
    attempts: [{ at: NOW, reply: '452 4.2.2 mailbox full' }],
  },
  {
    ...LETTER,
    id: 3,
    to: 'maria@example.net',
    ticket: 12,
    state: 'waiting',
    due: NOT_YET,
  },
]
const FAILING: FailingAddress = {
  id: 1,
  address: 'ann@customer.example',
  count: 3,
  reply: '550 5.1.1 no such mailbox',
  last: NOW,
  since: NOW,
}
const FOLLOWUP: Followup = {
  id: 1,
  ticket: 31794,
  date: NOW,
  comment: 'It is this one.',
  public: false,
  author: susan,
  door: 'http',
  changes: [],
  attachments: [{ file: FILE_NAME, filename: 'fuse.txt', mime_type: 'text/plain', size: FILE.length }],
  message_id: null,
}
/** A resolved ticket, and the follow-up that resolved it. */
const OTHER: Ticket = {
  ...TICKET,
  id: 12,
  title: 'Smoke',
  submitter_email: 'maria@example.net',
  status: 3,
  resolution: 'The fuse was changed.',
}
const RESOLVED: Followup = {
  ...FOLLOWUP,
  id: 2,
  ticket: OTHER.id,
  comment: 'The fuse was changed.',
  public: true,
  changes: [
    { field: 'status', from: 1, to: 3 },
    { field: 'resolution', from: null, to: 'The fuse was changed.' },
  ],
  attachments: [],
  original: { file: FILE_NAME, filename: 'original.html', mime_type: 'text/html', size: FILE.length },
}
/** A ticket of January that is answered, on hold for an hour, and resolved. */
const EARLIER: Ticket = {
  ...TICKET,
  id: 7,
  title: 'The fuse again',
  assigned_to: 1,
  status: 4,
  created: '2026-01-12T09:00:00.000Z',
  modified: '2026-01-13T11:30:00.000Z',
}
const EARLIER_FOLLOWUPS: readonly Followup[] = [
  earlier(3, '2026-01-12T11:00:00.000Z', [], 'We are on our way.'),
  earlier(4, '2026-01-12T12:00:00.000Z', [{ field: 'on_hold', from: false, to: true }]),
  earlier(5, '2026-01-12T13:00:00.000Z', [{ field: 'on_hold', from: true, to: false }]),
  earlier(6, '2026-01-13T11:30:00.000Z', [{ field: 'status', from: 1, to: 4 }]),
]
function earlier(id: number, date: string, changes: Followup['changes'], comment = ''): Followup {
  return { ...FOLLOWUP, id, ticket: EARLIER.id, date, comment, public: true, changes, attachments: [] }
}
const MAIL: Mail = {
  id: 1,
  received: new Date().toISOString(),
  peer: '192.0.2.1',
  envelope_from: 'eve@example.net',
  recipients: ['support@helpdesk.example'],
  from: 'eve@example.net',
  subject: 'The printer is on fire',
  message_id: null,
  verdict: 'ticket',
  reasons: [],
  held_back: [
    'No letter to eve@example.net about ticket 31794: that address has reached its hourly limit of 5.',
  ],
  user: null,
  tickets: [31794],
  raw: null,
}
/** The mail that opened the other ticket. A daemon whose mail.keep_records_days is the default deletes it. */
const OLD_MAIL: Mail = {
  id: 2,
  received: OTHER.created,
  peer: '192.0.2.1',
  envelope_from: 'eve@example.net',
  recipients: ['support@helpdesk.example'],
  from: 'eve@example.net',
  subject: 'Smoke',
  message_id: null,
  verdict: 'ticket',
  reasons: [],
  user: null,
  tickets: [OTHER.id],
  raw: null,
}
/** The config of a daemon that keeps it, and the failed letter. */
export const KEEPS_RECORDS = 'mail.keep_records_days = 36500\nmail.keep_letters_days = 36500'
const TOKENS: readonly Token[] = [
  {
    id: 1,
    user: 1,
    label: 'invoices',
    hash: sha256('of nobody'),
    methods: [],
    created: NOW,
    expires: null,
    last_used: null,
  },
  {
    id: 2,
    user: 1,
    label: 'alarms',
    hash: sha256('of nobody else'),
    methods: ['create_ticket'],
    created: NOW,
    expires: '2027-01-01T00:00:00.000Z',
    last_used: NOW,
  },
]

const IGNORES: readonly Ignore[] = [
  { id: 1, email: '*@spam.example', name: '', created: NOW },
  { id: 2, email: 'shop@mail.example', name: 'Receipts', queues: [1], created: NOW },
]

const EXCLUSIONS: readonly Exclusion[] = [
  { id: 1, name: '', weekday: 6 },
  { id: 2, name: 'Christmas', queues: [1], yearly: '12-25' },
]

/** Writes the bytes of the attachment to their place in a state directory. */
export function writeFile(state: string): void {
  const directory = join(state, 'files', FILE_NAME.slice(0, 2))
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, FILE_NAME), FILE)
}

/** An answer with its token masked as in the example, since no two tokens are the same. */
export function withoutToken<T extends Gives>(given: T): T {
  return (typeof given === 'string' ? withoutTokens(given) : given) as T
}

/** A result as if it were of NOW: a changed ticket says when that was. */
export function atOnce(gives: Gives | undefined): unknown {
  return typeof gives === 'object' && 'modified' in gives ? { ...gives, modified: NOW } : gives
}

/** Whether a letter is sent in a daemon with these records: it was not sent before, and is due. */
export function isSentHere({ id, state, due }: Letter): boolean {
  return id !== EXAMPLE_LETTER && state !== 'failed' && due < NOT_YET
}
