import { Failure } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { Letter, ProofName, Ticket } from '../../../data/tables.ts'
import { parseCommand, ticketOf } from '../../../handlers/command/command.ts'
import type { Audience } from '../../../handlers/letters/answer_audience.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import { LINK_VERBS, type LinkVerb } from '../link_verbs.ts'
import type { SignedIds } from '../signed_ids.ts'

/** A mail that a link opens. */
export interface Mailto {
  readonly address: string
  readonly subject: string
  readonly text?: string
}
/** A link with a key of its own. */
export interface VerbLink extends Mailto {
  readonly verb: LinkVerb
}

interface Site {
  readonly signedIds: SignedIds
  readonly mailAddress: string
  readonly proofs: readonly ProofName[]
}

/**
 * The links of a letter about a ticket to staff: the commands that a user can send in its state, and for a CC address only the one that
 * writes a private follow-up. None if the key of a letter proves nothing at this site.
 */
export async function verbLinks(
  tx: Reader,
  { signedIds, proofs }: Site,
  letter: Letter,
  ticket: Ticket,
  audience: Audience,
): Promise<VerbLink[]> {
  if (!proofs.includes('letter')) return []
  const user = await userAt(tx, letter.to)
  if (user && !sees(user, ticket.queue)) return []
  const verbs = user ? verbsFor(ticket, user.id, audience) : (['note'] as const)
  return verbs.flatMap(verb => verbLink(signedIds, letter, ticket, verb) ?? [])
}

/** The link of a letter to a command about a ticket; undefined if our addresses cannot be extended. */
export function verbLink(
  signedIds: SignedIds,
  { id }: Pick<Letter, 'id'>,
  { id: ticket }: Pick<Ticket, 'id'>,
  verb: LinkVerb,
): VerbLink | undefined {
  const address = signedIds.linkAddress({ id, ticket }, verb)
  return address === undefined ? undefined : { verb, address, subject: LINK_VERBS[verb].line(ticket) }
}

/** A private follow-up needs no link if any reply is one. */
function verbsFor({ status, on_hold, assigned_to }: Ticket, user: number, audience: Audience): LinkVerb[] {
  const note: LinkVerb[] = audience.is === 'public' ? ['note'] : []
  if (status > 2) return [...note, 'reopen']
  const take: LinkVerb[] = assigned_to === user ? [] : ['take']
  return [...take, ...note, on_hold ? 'unhold' : 'hold', 'resolve']
}

/** Where the commands of an answer letter go: to its own key if they are about its ticket alone, else to the helpdesk. */
export function commandAddress({ signedIds, mailAddress, proofs }: Site, letter: Letter) {
  const key = letter.ticket !== null && proofs.includes('letter') ? signedIds.keyAddress(letter) : undefined
  return (line: string): string => (key !== undefined && isAbout(line, letter.ticket) ? key : mailAddress)
}

function isAbout(line: string, ticket: number | null): boolean {
  if (line === 'help') return true
  try {
    const said = parseCommand(line)
    return said !== undefined && ticketOf(said) === ticket && !('of' in said.command.params)
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
