// One thing: the table of who hears of which event. notify.ts obeys it, and the README shows it.
import type { Event } from '../../data/tables.ts'

/** The events of a ticket that cause letters. */
export type TicketEvent = Exclude<
  Event,
  | 'answered'
  | 'claimed'
  | 'held_back'
  | 'summary'
  | 'failing'
  | 'escalations'
  | 'key_spent'
  | 'unconfirmed'
  | 'cancelled'
  | 'digest'
  | 'stopped'
>
/** Those who work on a ticket. */
export type Staff = 'owner' | 'new_ticket_cc' | 'updated_ticket_cc'
export type HearerRole =
  | 'submitter'
  | 'watchers'
  | Staff
  | 'former_owner'
  | 'answerers'
  | 'deputies'
  | 'administrators'

/**
 * When a role hears of an event. `yes`: whoever did it, but for a machine at that address; `others`: unless that person did it; `persons`:
 * unless a machine did it; `agents`: unless that person did it, an unconfirmed watcher only what agents do; `recent`: who answered in the
 * ten minutes before an agent did it; `alone`: if somebody must act, and neither the owner nor a CC address hears; `alone_by_mail`: the
 * same if it came by mail; `third`: from the third time on. A submitter who has asked for no more letters about the ticket hears of nothing.
 */
export type When = 'yes' | 'others' | 'persons' | 'agents' | 'recent' | 'alone' | 'alone_by_mail' | 'third'

export interface EventHearers {
  /** As the README calls it. */
  readonly name: string
  /** Which follow-ups may tell of it. */
  readonly comes: 'public' | 'private' | 'both'
  /** In the order in which their letters are written. Submitter and watchers never hear of a private follow-up. */
  readonly hears: Readonly<Partial<Record<HearerRole, When>>>
}

const OUTSIDERS: readonly HearerRole[] = ['submitter', 'watchers']
const EVERYBODY = {
  submitter: 'others',
  watchers: 'agents',
  owner: 'others',
  updated_ticket_cc: 'yes',
} as const

/** How the README calls the roles. */
export const ROLES: Readonly<Record<HearerRole, string>> = {
  submitter: 'Submitter',
  watchers: 'Watchers',
  owner: 'Owner',
  former_owner: 'Former owner',
  new_ticket_cc: 'CC for new tickets',
  updated_ticket_cc: 'CC for updates',
  answerers: 'Just answered',
  deputies: 'Next in line',
  administrators: 'Administrators',
}
/** How the README says it. */
export const WHENS: Readonly<Record<When, string>> = {
  yes: 'yes',
  others: 'if others did it',
  persons: 'if no machine did it',
  agents: 'if others did it',
  recent: 'if others did it',
  alone: 'if nobody else',
  alone_by_mail: 'if nobody else, by mail',
  third: 'from the third on',
}

/** A change without an event, such as that of a watcher, tells nobody. */
export const EVENTS: Readonly<Record<TicketEvent, EventHearers>> = {
  opened: {
    name: 'a new ticket',
    comes: 'public',
    hears: {
      submitter: 'persons',
      owner: 'others',
      new_ticket_cc: 'yes',
      updated_ticket_cc: 'yes',
      deputies: 'alone',
    },
  },
  followed_up: {
    name: 'a follow-up',
    comes: 'both',
    hears: { ...EVERYBODY, answerers: 'recent', deputies: 'alone_by_mail' },
  },
  resolved: { name: 'a resolution', comes: 'public', hears: { ...EVERYBODY, answerers: 'recent' } },
  // These three without words wait for more: see letters/changes/waiting_changes.ts.
  assigned: { name: 'a new owner', comes: 'private', hears: { owner: 'others', former_owner: 'others' } },
  taken: { name: 'an agent takes the ticket', comes: 'private', hears: { former_owner: 'others' } },
  changed: {
    name: 'another change by staff',
    comes: 'private',
    hears: { owner: 'others', updated_ticket_cc: 'yes' },
  },
  reopened: { name: 'reopened', comes: 'both', hears: { ...EVERYBODY, deputies: 'alone_by_mail' } },
  closed: { name: 'closed', comes: 'both', hears: EVERYBODY },
  duplicate: { name: 'a duplicate of another ticket', comes: 'public', hears: EVERYBODY },
  // Whoever wrote the letter, or can act instead: see letters/failure_hearers.ts.
  letter_failed: { name: 'a letter that did not arrive', comes: 'private', hears: {} },
  // The steps of the helpdesk itself: somebody must act on each.
  escalated: {
    name: 'the ticket rises',
    comes: 'private',
    hears: { owner: 'others', updated_ticket_cc: 'yes', deputies: 'alone' },
  },
  reminder: {
    name: 'a reminder at priority 1',
    comes: 'private',
    hears: { owner: 'others', deputies: 'alone', administrators: 'third' },
  },
  hold_ended: {
    name: 'the end of a hold',
    comes: 'private',
    hears: { owner: 'others', updated_ticket_cc: 'yes', deputies: 'alone' },
  },
  due: { name: 'a due date', comes: 'private', hears: { owner: 'others', deputies: 'alone' } },
}

/** Whether the helpdesk itself does it. */
export function isStep(event: TicketEvent): boolean {
  return event === 'escalated' || event === 'reminder' || event === 'hold_ended' || event === 'due'
}

/** When a role hears of an event; undefined if it never does. */
export function whenHeard(event: TicketEvent, role: HearerRole, isPublic: boolean): When | undefined {
  return isPublic || !OUTSIDERS.includes(role) ? EVENTS[event].hears[role] : undefined
}

/** The roles that may hear of an event, in the order in which their letters are written. */
export function rolesOf(event: TicketEvent): readonly HearerRole[] {
  return Object.keys(EVENTS[event].hears) as HearerRole[]
}
