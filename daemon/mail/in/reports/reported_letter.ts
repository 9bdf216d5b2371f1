import type { ReturnedLetter, SignedIds } from '../../signed_ids.ts'
import { type Headers, valuesOf } from '../headers.ts'
import type { Received } from '../received/received.ts'

/** Our letter that a mail returns or names by its Message-ID. Whoever has the letter knows that id, so this proves nothing. */
export function returnedLetter(
  { reportedIds }: Pick<Received, 'reportedIds'>,
  signedIds: SignedIds,
): ReturnedLetter | undefined {
  for (const id of reportedIds) {
    const letter = signedIds.letterNamed(id)
    if (letter) return letter
  }
  return undefined
}

/** Our letter that a report without a returned mail answers, as read receipts do. */
export function answeredLetter(
  { headers, reportedIds }: { readonly headers: Headers; readonly reportedIds: readonly string[] },
  signedIds: SignedIds,
): ReturnedLetter | undefined {
  const [id] = valuesOf(headers, 'in-reply-to')
  return id === undefined || reportedIds.length > 0 ? undefined : signedIds.letterNamed(id)
}
