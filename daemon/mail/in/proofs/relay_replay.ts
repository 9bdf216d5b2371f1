import { DAY } from '../../../../data/durations.ts'
import { Failure } from '../../../../data/failure.ts'
import { shortHash } from '../../../../data/secret.ts'
import type { Reader, Tx } from '../../../../data/store.ts'
import type { Instant, User } from '../../../../data/tables.ts'
import { known, type OnceKey, remember } from '../../../../handlers/idempotency.ts'
import type { Received } from '../received/received.ts'

/** For longer than the Date of a mail lets a relay prove it. */
const KNOWN_DAYS = 6

type Print = Pick<Received, 'messageId' | 'fingerprint'>

/**
 * Whether another mail with the same Message-ID was proven to be from a user by a relay. A signature (RFC 6376 3.4) still holds when blanks
 * are added, so whoever has a copy could make a second mail of it. The same mail again is recognized as such elsewhere.
 */
export async function isReplayed(tx: Reader, user: User, mail: Print, now: Instant): Promise<boolean> {
  const first = await known(tx, keyOf(user, mail), now)
  // Something stands behind the fingerprint of a mail that an operator replays, and of one in a file.
  return first !== undefined && !(first instanceof Failure) && !mail.fingerprint.startsWith(first.says)
}

/** Notes that a relay has proven a mail to be from a user. Throws Failure `unavailable` if another one like it came at the same moment. */
export async function noteRelayed(tx: Tx, user: User, mail: Print, now: Instant): Promise<void> {
  if (await isReplayed(tx, user, mail, now))
    throw new Failure('unavailable', 'Another mail with this Message-ID is being received; try again.')
  const key = keyOf(user, mail)
  if (!(await known(tx, key, now))) await remember(tx, key, now, { says: mail.fingerprint, gives: '' })
}

function keyOf({ id }: User, { messageId }: Print): OnceKey {
  return { key: shortHash(`relayed mail ${messageId} of user ${id}`), milliseconds: KNOWN_DAYS * DAY }
}
