import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Followup, Letter } from '../../data/tables.ts'

/** The letter that did not arrive, as a follow-up tells. */
export async function unreachedBy(tx: Reader, { about_letter: id }: Followup): Promise<Letter | undefined> {
  return id === undefined ? undefined : tx.get('letters', id)
}

/** Those who hear of it: the address that a letter did not reach gets no other letter about that. */
export function withoutUnreached(
  heard: ReadonlyMap<string, string>,
  letter: Letter | undefined,
): ReadonlyMap<string, string> {
  return letter ? new Map([...heard].filter(([address]) => address !== mailbox(letter.to))) : heard
}

/**
 * Whether nobody is told if a letter does not arrive: one that tells that another did not arrive, since a third one would tell that, and so
 * on for ever; and the answer to a command.
 */
export async function isUntold(tx: Reader, { event, followup: id }: Letter): Promise<boolean> {
  if (event === 'letter_failed' || event === 'answered') return true
  const followup = id === null ? undefined : await tx.get('followups', id)
  return followup?.about_letter !== undefined
}
