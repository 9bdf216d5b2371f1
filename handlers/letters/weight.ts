import { inbox, mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Author, Event, Ticket } from '../../data/tables.ts'
import { isWatcher } from '../tickets/watchers.ts'
import { userAt } from '../user_at.ts'
import type { Weight } from './letter_caps.ts'

/** How many of the newest tickets of an address are searched for an agent's answer. */
const MOST_LOOKED_AT = 20
/** How many of their newest follow-ups are searched in all, since follow-ups may be long. */
const MOST_FOLLOWUPS = 60

/** A letter before it is written, and the author of the change that causes it. */
export interface Weighed {
  readonly to: string
  readonly event: Event
  readonly ticket: Ticket
  readonly author: Author
}

/** Whether the author's identity is unproven. */
export function isUnproven(author: { readonly kind: string; readonly proven?: boolean }): boolean {
  return author.kind === 'submitter' && author.proven !== true
}

/** The part of the weight for a letter back to the address, or to the user, that an unproven mail names as its sender, or to a watcher. */
export async function echoOf(tx: Reader, { to, event, ticket, author }: Weighed): Promise<Weight> {
  if (author.kind !== 'submitter' || !isUnproven(author)) return {}
  // One forged mail must not become many letters to people outside.
  if (event !== 'claimed' && (await isOutsideWatcher(tx, ticket, to))) return { echo: to }
  if (author.address === null) return {}
  if (author.proven === undefined) return inbox(author.address) === inbox(to) ? { echo: to } : {}
  const isTheirs = event === 'claimed' || (await userAt(tx, author.address))?.addresses.includes(mailbox(to))
  return isTheirs ? { claim: to } : {}
}

/** The whole weight of a letter. `echo` is what `echoOf` gives, `sender` the source of the mail that causes the letter. */
export async function weightOf(tx: Reader, letter: Weighed, echo: Weight, sender: string): Promise<Weight> {
  const { to, event, ticket } = letter
  if (!isSubmitter(ticket, to) && !(await isOutsideWatcher(tx, ticket, to))) return { ...echo, staff: to }
  const mayBeUnknown = echo.echo !== undefined && (event === 'opened' || event === 'answered')
  const isUnknown = mayBeUnknown && !(await isOfStaff(tx, to)) && !(await isAnswered(tx, to))
  return { ...echo, ...(isUnknown ? { unknownBy: sender } : {}) }
}

/** Whether an address is told of the ticket only as a watcher: not as its submitter, an agent or a CC address. */
async function isOutsideWatcher(tx: Reader, ticket: Ticket, address: string): Promise<boolean> {
  return isWatcher(ticket, address) && !(await maySeeSubmitter(tx, ticket, address))
}

/** Whether an address is that of the submitter, an agent or a CC address. Anybody else must not see who the submitter is. */
export async function maySeeSubmitter(tx: Reader, ticket: Ticket, address: string): Promise<boolean> {
  return isSubmitter(ticket, address) || isOfStaff(tx, address)
}

/** Whether an address is that of the submitter. */
export function isSubmitter({ submitter_email }: Ticket, address: string): boolean {
  return submitter_email !== null && mailbox(submitter_email) === mailbox(address)
}

/** Whether an address is that of an agent or a CC address. */
export async function isOfStaff(tx: Reader, address: string): Promise<boolean> {
  if (await userAt(tx, address)) return true
  const queues = await tx.find('queues', {})
  return queues.some(({ new_ticket_cc, updated_ticket_cc }) =>
    [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === mailbox(address)),
  )
}

/** Whether an agent or the operator has written a public follow-up on a ticket of this address. */
async function isAnswered(tx: Reader, address: string): Promise<boolean> {
  const newest = { newest: true, limit: MOST_LOOKED_AT } as const
  let left = MOST_FOLLOWUPS
  for (const { id } of await tx.find('tickets', { submitter_email: address }, newest)) {
    const followups = await tx.find('followups', { ticket: id }, { newest: true, limit: left })
    left -= followups.length
    if (
      followups.some(({ public: open, author: { kind } }) => open && (kind === 'user' || kind === 'operator'))
    )
      return true
  }
  return false
}
