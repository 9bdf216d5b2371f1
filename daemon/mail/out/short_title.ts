import type { Ticket } from '../../../data/tables.ts'

/** In characters. A longer title is cut in an acknowledgement of unproven mail, because its From may be forged. */
const LONGEST_BARE_TITLE = 80

/** The ticket with a title that an acknowledgement of unproven mail may have. */
export function withShortTitle(ticket: Ticket): Ticket {
  const characters = [...ticket.title]
  if (characters.length <= LONGEST_BARE_TITLE) return ticket
  return { ...ticket, title: `${characters.slice(0, LONGEST_BARE_TITLE).join('').trimEnd()}…` }
}
