import { mailbox, maybeAddress } from '../../../data/address.ts'
import { beginningOf } from '../../../data/beginning.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import type { From } from './content/sender/from_field.ts'
import { type Gated, gate } from './proofs/header_gate.ts'
import type { Received } from './received/received.ts'

/** In bytes: 100 and 200 characters. */
const LONGEST_NAME = 400
const LONGEST_WRITTEN = 800
const MOST_ADDRESSES = 100

/** Makes a From of the parser's child process valid and short, whatever a hostile mail has made of that process. */
export function checkedFrom({ address, name, written }: From): From {
  return {
    address: (address !== null && maybeAddress(address)) || null,
    name: beginningOf(oneLine(name), LONGEST_NAME),
    written: beginningOf(oneLine(written), LONGEST_WRITTEN),
  }
}

/** The same for the addresses of To or Cc. */
export function checkedAddresses(addresses: readonly string[]): readonly string[] {
  return addresses.slice(0, MOST_ADDRESSES).flatMap(address => maybeAddress(address) ?? [])
}

/**
 * The sender that a mail may act for: the address that the strict gate reads, if the parser reads the same one. Otherwise people could
 * see another sender than the one that we act for.
 */
export function strictSender(
  { headers, parsed, from: { address } }: Received,
  sessionUser: number | null,
): Gated {
  if (!parsed) return { refused: 'the mail could not be parsed' }
  const gated = gate(headers, { loggedIn: sessionUser !== null })
  if ('refused' in gated || (address !== null && mailbox(address) === mailbox(gated.from))) return gated
  return { refused: 'its From can be read in more than one way' }
}
