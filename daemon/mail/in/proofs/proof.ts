import type { Reader } from '../../../../data/store.ts'
import type { ProofName, User } from '../../../../data/tables.ts'
import type { Proof } from '../../../config/config.ts'
import { proveByLogin } from './smtp_auth.ts'

/** The user that a mail is proven to be from, and how. */
export interface ProvenBy {
  readonly user: User
  readonly by: ProofName
  /** The one ticket that the proof is about; undefined if it is about all that the user may do. */
  readonly ticket?: number
}

/** What the proofs depend on. */
export interface Provable {
  /** The address of From, after the strict gate. */
  readonly from: string
  readonly sessionUser: number | null
}

/** Asks each proof that is switched on, the strongest first; gives the first that holds. */
export async function prove(
  tx: Reader,
  proofs: readonly Proof[],
  mail: Provable,
): Promise<ProvenBy | undefined> {
  return proofs.includes('smtp-auth') ? proveByLogin(tx, mail) : undefined
}

/** Whether a proof is about a ticket. */
export function covers({ ticket }: ProvenBy, id: number): boolean {
  return ticket === undefined || ticket === id
}
