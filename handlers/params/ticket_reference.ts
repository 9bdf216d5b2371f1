import { Failure, shown } from '../../data/failure.ts'
import { INVISIBLE } from '../../data/invisible.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

const LONGEST = 200
const RULE = `1 to ${LONGEST} visible characters without blanks and commas`
const BLANK = /[\s,]/
/** What stands before the reference where a ticket is named. */
const PREFIX = 'ref:'

/** A ticket by its reference, in a command: up to a blank, a comma, or the colon before the tail. */
export const REFERENCE_SLOT = `${PREFIX}[^ \\t,]*[^ \\t,:]`
/** The same in a JSON body. */
export const REFERENCE_SCHEMA = { type: 'string', pattern: `^${PREFIX}[^\\s,]{1,${LONGEST}}$` }

/** A name that the caller chooses for a new ticket. */
export function reference(about: string): Kind<string> {
  return kind({
    about,
    rule: RULE,
    schema: { type: 'string', pattern: `^[^\\s,]{1,${LONGEST}}$` },
    parse: checked,
  })
}

/** The reference in `ref:NAME`; undefined for a text without the prefix. Throws Failure `invalid` for an invalid reference. */
export function referenceIn(text: string): string | undefined {
  return isReference(text) ? checked(text.slice(PREFIX.length)) : undefined
}

/** Whether a text names a ticket by its reference; the prefix may be in any case. */
export function isReference(text: string): boolean {
  return text.slice(0, PREFIX.length).toLowerCase() === PREFIX
}

/** The ticket with a reference; undefined if there is none. */
export async function ticketWith(tx: Reader, reference: string): Promise<Ticket | undefined> {
  const [ticket] = await tx.find('tickets', { reference })
  return ticket
}

function checked(given: string): string {
  const isShort = given !== '' && given.length <= 2 * LONGEST && [...given].length <= LONGEST
  if (isShort && !BLANK.test(given) && given.search(INVISIBLE) < 0) return given
  throw new Failure('invalid', `${shown(given)} is not a reference; give ${RULE}.`)
}
