import type { Reader } from '../../../data/store.ts'
import type { DigestList, Letter, ProofName, Queue, Ticket } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import { LINK_VERBS, type LinkVerb } from '../link_verbs.ts'
import type { SignedIds } from '../signed_ids.ts'
import type { VerbLink } from './links.ts'

/** A ticket in a digest, and the link to the command that its list suggests. */
export interface Digested {
  readonly ticket: Ticket
  readonly queue: Queue
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
    const rendered: Digested[] = []
    for (const id of tickets) {
      const ticket = await tx.get('tickets', id)
      const queue = ticket && (await tx.get('queues', ticket.queue))
      if (queue && sees(user, queue.id))
        rendered.push({ ticket, queue, link: linkFor(site, letter, ticket, list) })
    }
    if (rendered.length > 0) lists.push({ list, tickets: rendered, more })
  }
  return lists
}

/** None for a ticket that was resolved meanwhile, or if the key of a letter proves nothing at this site. */
function linkFor(
  { signedIds, proofs }: Site,
  { id }: Letter,
  ticket: Ticket,
  list: DigestList['list'],
): VerbLink | undefined {
  const verb = VERBS[list]
  const isOver = ticket.status > 2 || (verb === 'unhold' && !ticket.on_hold)
  const address =
    isOver || !proofs.includes('letter') ? undefined : signedIds.linkAddress({ id, ticket: ticket.id }, verb)
  return address === undefined ? undefined : { verb, address, subject: LINK_VERBS[verb].line(ticket.id) }
}
