import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { ProofName, User } from '../../../../data/tables.ts'
import type { LinkVerb } from '../../link_verbs.ts'
import type { ReturnedLetter } from '../../signed_ids.ts'
import type { Incoming } from '../incoming.ts'
import type { MailKind } from '../kind.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { proveByLetter } from './letter_proof.ts'
import { proveByRelay } from './relay_proof.ts'
import { proveByLogin } from './smtp_auth.ts'
import { proveByToken } from './token_proof.ts'

/** The user that a mail is proven to be from, and how. */
export interface ProvenBy {
  readonly user: User
  readonly by: ProofName
  /** The one ticket that the proof is about; undefined if it is about all that the user may do. */
  readonly ticket?: number
  /** The verb of the link that the mail came by: its command is all that is proven. */
  readonly link?: LinkVerb
  /** A relay has taken the mail from the login that owns its From: it is no copy that somebody else has sent again. */
  readonly isOfLogin?: true
  /** The number of the token, whose list of methods counts. */
  readonly token?: number
}

/** What the proofs depend on. */
export interface Provable {
  readonly mail: Received
  readonly incoming: Incoming
  readonly kind: MailKind
  /** The address of From, after the strict gate. */
  readonly from: string
  /** The letters whose keys it has. */
  readonly keys: readonly ReturnedLetter[]
}

/** What a proof makes of a mail: it holds, or a clause says why not; undefined if the mail does not use it. */
export type Tried = ProvenBy | { readonly refused: string } | undefined
type Proof = (tx: Reader, site: MailSite, mail: Provable) => Promise<Tried>

const FORMS = 'its From is the address of a form, for which others write (mail.forms)'

/** The hardest to forge first. A mail to the reply address of a letter is about its ticket, whatever a relay says of it. */
const PROOFS: readonly (readonly [ProofName, Proof])[] = [
  ['smtp-auth', proveByLogin],
  ['token', proveByToken],
  ['letter', proveByLetter],
  ['relay', proveByRelay],
]

/** What each proof that is switched on makes of a mail, the strongest first. */
export async function triedOn(
  tx: Reader,
  site: MailSite,
  mail: Provable,
): Promise<readonly (readonly [ProofName, Tried])[]> {
  const tried: [ProofName, Tried][] = []
  for (const [name, proof] of PROOFS) {
    if (!site.config['commands.proofs'].includes(name)) continue
    const one = await proof(tx, site, mail)
    tried.push([name, one && isFormAddress(site, mail.from) ? { refused: FORMS } : one])
  }
  return tried
}

/** Whether mail from an address has the words of whoever has filled in a form. */
export function isFormAddress({ config }: Pick<MailSite, 'config'>, address: string): boolean {
  return config['mail.forms'].includes(mailbox(address))
}

/** The first proof that holds, or the clauses that say why none does. */
export async function prove(
  tx: Reader,
  site: MailSite,
  mail: Provable,
): Promise<{ readonly proof: ProvenBy | undefined; readonly refusals: readonly string[] }> {
  const tried = (await triedOn(tx, site, mail)).flatMap(([, one]) => one ?? [])
  const proof = tried.find(one => 'user' in one)
  return { proof, refusals: proof ? [] : tried.flatMap(one => ('refused' in one ? one.refused : [])) }
}

/** The number of the token that limits what a proven mail may do: that of the proof, else that of the session. */
export function tokenOf(
  proof: ProvenBy | undefined,
  { sessionToken }: Pick<Incoming, 'sessionToken'>,
): number | undefined {
  return proof?.token ?? sessionToken
}

/** Whether a proof is about a ticket. */
export function covers({ ticket }: ProvenBy, id: number): boolean {
  return ticket === undefined || ticket === id
}
