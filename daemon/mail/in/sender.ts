import { mailbox, maybeAddress } from '../../../data/address.ts'
import { firstOf, type Headers } from './headers.ts'
import { type Gated, gate } from './proofs/header_gate.ts'
import type { Received } from './received.ts'

/** The parsed address of From; null if it is not a valid address. */
export function senderAddress(from: string | null): string | null {
  return (from !== null && maybeAddress(from)) || null
}

/** The sender of a mail that cannot be parsed; null if its From has no readable address. */
export function senderOfUnparsed(headers: Headers): string | null {
  const from = firstOf(headers, 'from')
  return senderAddress(/<([^<>]+)>/.exec(from ?? '')?.[1] ?? from ?? null)
}

/**
 * The sender that a mail may act for: the address that the strict gate reads, if the parser reads the same one. Otherwise people could
 * see another sender than the one that we act for.
 */
export function strictSender({ headers, parsed, from }: Received, sessionUser: number | null): Gated {
  if (!parsed) return { refused: 'the mail could not be parsed' }
  const gated = gate(headers, { loggedIn: sessionUser !== null })
  if ('refused' in gated || (from !== null && mailbox(from) === mailbox(gated.from))) return gated
  return { refused: 'its From can be read in more than one way' }
}
