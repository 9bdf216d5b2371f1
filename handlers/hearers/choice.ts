// One thing: what users choose to hear about tickets as their staff, and what they are told of it.
import type { Reader } from '../../data/store.ts'
import type { Ticket, User } from '../../data/tables.ts'
import { dateOf } from '../escalation/day.ts'
import { Zone } from '../escalation/zone.ts'
import type { Call } from '../method.ts'
import { orNull, TEXT } from '../result_schema.ts'
import { userAt } from '../user_at.ts'

export const NOTIFY = ['all', 'mine', 'none'] as const
type Notify = (typeof NOTIFY)[number]
type Choice = Pick<User, 'notify' | 'digest'>
export const CHOICE = { notify: TEXT, digest: orNull(TEXT) }

/** How many of the newest follow-ups of a ticket are searched for an answer. */
const MOST_LOOKED_AT = 100

/** The user with what was chosen now; what is undefined stays. A digest whose hour is past today begins tomorrow. */
export function withChoice(
  user: User,
  { notify, digest }: { readonly notify: Notify | undefined; readonly digest: string | null | undefined },
  call: Pick<Call, 'now' | 'hours'>,
): User {
  const { notify: notified, digest: hour, ...rest } = user
  const wanted = notify ?? notified
  const at = digest === undefined ? hour : digest
  return {
    ...rest,
    ...(wanted === undefined || wanted === 'all' ? {} : { notify: wanted }),
    ...(at ? { digest: at } : {}),
    ...(digest ? begun(digest, call) : {}),
  }
}

function begun(digest: string, { now, hours }: Pick<Call, 'now' | 'hours'>): Pick<User, 'digested_on'> {
  const zone = new Zone(hours.time_zone)
  const today = zone.dayAt(Date.parse(now))
  return zone.momentOf(today, digest) <= Date.parse(now) ? { digested_on: dateOf(today) } : {}
}

/** Of some users, those who want letters about a ticket as its staff. */
export async function wantingOf(
  tx: Reader,
  users: readonly User[],
  ticket: Ticket,
): Promise<readonly User[]> {
  const wanting: User[] = []
  for (const user of users) if (await wants(tx, user, ticket)) wanting.push(user)
  return wanting
}

/** Of some addresses, those whose user wants letters about a ticket, and those of no user. */
export async function wantedAt(
  tx: Reader,
  addresses: readonly string[],
  ticket: Ticket,
): Promise<readonly string[]> {
  const wanted: string[] = []
  for (const address of addresses) {
    const user = await userAt(tx, address)
    if (!user || (await wants(tx, user, ticket))) wanted.push(address)
  }
  return wanted
}

async function wants(tx: Reader, { id, notify }: User, ticket: Ticket): Promise<boolean> {
  if (notify === undefined) return true
  return notify === 'mine' && (ticket.assigned_to === id || (await hasAnswered(tx, id, ticket)))
}

/** Whether a user has written one of the newest public follow-ups. The text of a new ticket is no answer. */
async function hasAnswered(tx: Reader, user: number, { id, created }: Ticket): Promise<boolean> {
  const newest = await tx.find('followups', { ticket: id }, { newest: true, limit: MOST_LOOKED_AT })
  return newest.some(
    ({ public: open, author, date }) =>
      open && date !== created && author.kind === 'user' && author.user === user,
  )
}

/** What programs are told of it. */
export function choiceOf({ notify, digest }: Choice) {
  return { notify: notify ?? 'all', digest: digest ?? null }
}

const LETTERS: Readonly<Record<Notify, string>> = {
  all: 'You get all letters about tickets that are meant for you',
  mine: 'You get letters about your own tickets and those that you have answered',
  none: 'You get no letters about tickets, unless nobody else would hear',
}

/** What people are told of it: a sentence. */
export function choiceWords({ notify, digest }: Choice): string {
  return `${LETTERS[notify ?? 'all']}, and ${digest === undefined ? 'no digest' : `a digest at ${digest}`}.`
}
