import type { Reader } from '../../../data/store.ts'
import type { DigestList, Letter, ProofName, Ticket } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import type { LinkVerb } from '../link_verbs.ts'
import type { SignedIds } from '../signed_ids.ts'
import { type VerbLink, verbLink } from './links.ts'
import { type NamedTicket, namedTickets } from './notices/named_tickets.ts'

/** A ticket in a digest, and the link to the command that its list suggests. */
export interface Digested extends NamedTicket {
  readonly link: VerbLink | undefined
}
/** A list of a digest as it is rendered. */
export interface RenderedList {
  readonly list: DigestList['list']
  readonly tickets: readonly Digested[]
  readonly more: number
}

interface Site {
  readonly signedIds: SignedIds
  readonly proofs: readonly ProofName[]
}

const VERBS: Readonly<Record<DigestList['list'], LinkVerb>> = {
  overdue: 'resolve',
  waiting: 'note',
  waking: 'unhold',
  held: 'unhold',
  mine: 'resolve',
  nobody: 'take',
}

/** The lists of a digest with those of their tickets that still exist and that its user sees. */
export async function digestedIn(tx: Reader, site: Site, letter: Letter): Promise<readonly RenderedList[]> {
  const user = await userAt(tx, letter.to)
  if (!user) return []
  const lists: RenderedList[] = []
  for (const { list, tickets, more } of letter.digest ?? []) {
    const seen = (await namedTickets(tx, tickets)).filter(({ queue }) => sees(user, queue.id))
    const rendered = seen.map(named => ({ ...named, link: linkFor(site, letter, named.ticket, list) }))
    if (rendered.length > 0) lists.push({ list, tickets: rendered, more })
  }
  return lists
}

/** None for a ticket that was resolved meanwhile, or if the key of a letter proves nothing at this site. */
function linkFor(
  { signedIds, proofs }: Site,
  letter: Letter,
  ticket: Ticket,
  list: DigestList['list'],
): VerbLink | undefined {
  const verb = VERBS[list]
  const isOver = ticket.status > 2 || (verb === 'unhold' && !ticket.on_hold)
  return isOver || !proofs.includes('letter') ? undefined : verbLink(signedIds, letter, ticket, verb)
}
