import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Followup, Letter } from '../../data/tables.ts'
import type { Call } from '../method.ts'

/** The letter that did not arrive, as a follow-up tells. */
export async function unreachedBy(
  { tx }: Pick<Call, 'tx'>,
  { about_letter: id }: Followup,
): Promise<Letter | undefined> {
  return id === undefined ? undefined : tx.get('letters', id)
}

/** Those who hear of it: the address that a letter did not reach gets no other letter about that. */
export function withoutUnreached(
  heard: ReadonlyMap<string, string>,
  letter: Letter | undefined,
): ReadonlyMap<string, string> {
  return letter ? new Map([...heard].filter(([address]) => address !== mailbox(letter.to))) : heard
}

/** Whether a letter tells that another did not arrive. If it does not arrive either, no third letter tells that, and so on for ever. */
export async function tellsOfUnreached(tx: Reader, { followup: id }: Letter): Promise<boolean> {
  const followup = id === null ? undefined : await tx.get('followups', id)
  return followup?.about_letter !== undefined
}
