import { spellingsOf } from '../../data/address.ts'
import { MONTHS } from '../../data/months.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'
import { statusWord } from './facts.ts'

/** How many of the newest tickets of a submitter are counted. */
const MOST_COUNTED = 1000

/** What staff should know of a submitter. */
export interface Known {
  readonly address: string
  /** How many tickets came from the address; at most 1000 are counted, and `isMost` says that there may be more. */
  readonly count: number
  readonly isMost: boolean
  /** The ticket before. */
  readonly last: Ticket
}

/**
 * How many tickets came from the address of the submitter, and the one before; undefined if this is the only one. Only tickets of the given
 * queues count; all without them.
 */
export async function knownOf(
  tx: Reader,
  ticket: Ticket,
  queues: readonly number[] | undefined,
): Promise<Known | undefined> {
  const { submitter_email: address } = ticket
  if (address === null) return undefined
  const where = queues ? { queue: { in: queues } } : {}
  const found: Ticket[] = []
  for (const submitter_email of spellingsOf(address)) {
    const page = { newest: true, limit: MOST_COUNTED } as const
    found.push(...(await tx.find('tickets', { submitter_email, ...where }, page)))
  }
  const last = found.filter(({ id }) => id !== ticket.id).sort((a, b) => b.id - a.id)[0]
  const count = Math.min(found.length, MOST_COUNTED)
  return last && { address, count, isMost: found.length >= MOST_COUNTED, last }
}

/** That as a sentence, beside a ticket. */
export function knownWords({ address, count, isMost, last }: Known, ticket: Ticket): string {
  const times = isMost ? `at least ${count}` : `${count}`
  return `${address} asked ${times} times; last: #${last.id}, ${stateOf(last, ticket)}`
}

function stateOf({ status, created, modified }: Ticket, { created: now }: Ticket): string {
  const word = statusWord(status)
  return status <= 2 ? `${word} since ${dayOf(created, now)}` : `${word} ${dayOf(modified, now)}`
}

/** A day for people; with the year if that differs from the year of the other instant. */
function dayOf(instant: string, other: string): string {
  const day = new Date(instant)
  const year = instant.slice(0, 4) === other.slice(0, 4) ? '' : ` ${instant.slice(0, 4)}`
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}${year}`
}
