import { mailbox } from '../../../../data/address.ts'
import { type From, fromField } from '../content/sender/from_field.ts'
import { valuesOf } from '../headers.ts'
import type { Received } from '../received/received.ts'

/** Where a list that writes itself into From leaves its author, besides Reply-To. */
const FIELDS = ['x-original-from', 'x-original-sender']

/** Who wrote a mail. */
export interface MailAuthor {
  readonly from: From
  /** A clause, if that is not who stands in From. */
  readonly reason?: string
}

/**
 * Who wrote a mail. A list may write itself into From (`"Ann via Support" <support@example.org>`), since the DMARC policy of the author's
 * domain forbids anything else. If From is one of the `lists` of the site, in lower case, the author is the one address of Reply-To, else
 * of X-Original-From or X-Original-Sender, unless that is `isOurs`; and if there is none, there is no address. In any other mail it is
 * From.
 */
export async function mailAuthorOf(
  { headers, from, replyTo }: Pick<Received, 'headers' | 'from' | 'replyTo'>,
  lists: readonly string[],
  isOurs: (address: string) => Promise<boolean>,
): Promise<MailAuthor> {
  const isList = (address: string) => lists.includes(mailbox(address))
  if (from.address === null || !isList(from.address)) return { from }
  const why = `its From is our list ${from.address}`
  for (const behind of [replyTo, ...FIELDS.map(name => fromField(valuesOf(headers, name), []))]) {
    const { address } = behind
    if (address !== null && !isList(address) && !(await isOurs(address)))
      return { from: behind, reason: `${why}, and its author is ${address}` }
  }
  return { from: { ...from, address: null, name: '' }, reason: `${why}, and no author is named` }
}
