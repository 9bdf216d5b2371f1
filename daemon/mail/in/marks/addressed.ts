import type { Reader } from '../../../../data/store.ts'
import type { Incoming } from '../incoming.ts'
import type { Received } from '../received/received.ts'
import { isOurs, type OurAddresses } from '../smtp/recipient.ts'

/** An address in To or Cc. */
export interface Addressed {
  readonly address: string
  /** Whether it is one of our addresses or lists. */
  readonly isOurs: boolean
}

/** The addresses in To and Cc, each once. */
export async function addressedIn(
  tx: Reader,
  ours: OurAddresses,
  { to, cc }: Pick<Received, 'to' | 'cc'>,
): Promise<readonly Addressed[]> {
  const found: Addressed[] = []
  for (const address of new Set([...to, ...cc]))
    found.push({ address, isOurs: await isOurs(tx, ours, address) })
  return found
}

/**
 * Whether To or Cc names one of our addresses or lists. A program of a user, whose session logs in or whose recipient has a token, need
 * not write them, and those of a mail that could not be parsed are not known.
 */
export function isAddressed(
  addressed: readonly Addressed[],
  { sessionUser, tokenHashes = [] }: Pick<Incoming, 'sessionUser' | 'tokenHashes'>,
  { parsed }: Pick<Received, 'parsed'>,
): boolean {
  return sessionUser !== null || tokenHashes.length > 0 || !parsed || addressed.some(({ isOurs }) => isOurs)
}
