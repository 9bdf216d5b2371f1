import type { Reader } from '../../../../data/store.ts'
import type { Letter } from '../../../../data/tables.ts'
import { isForward } from '../content/reply_prefix.ts'
import type { Incoming } from '../incoming.ts'
import { directlyAnswered } from '../letter_signs.ts'
import type { MailSite } from '../mail_site.ts'
import { keysIn } from '../proofs/users_key.ts'
import type { Received } from '../received/received.ts'

/** The letter about a command without proof that a mail answers. */
export interface AskedLetter {
  readonly letter: Letter
  /** Whether the mail went to the reply address of that letter, and has the key of no other. */
  readonly isByKey: boolean
}

/** That letter, by the key or the return path in an address of the mail, or by its Message-ID; undefined if the mail answers none. */
export async function askedLetterOf(
  tx: Reader,
  { signedIds }: Pick<MailSite, 'signedIds'>,
  mail: Pick<Received, 'headers' | 'subject'>,
  incoming: Pick<Incoming, 'recipients'>,
): Promise<AskedLetter | undefined> {
  const keys = keysIn(signedIds, mail, incoming)
  for (const { number } of keys) {
    const letter = await askingLetter(tx, number)
    if (letter) return { letter, isByKey: keys.length === 1 }
  }
  const returned = incoming.recipients.map(address => signedIds.letterOf(address)?.number)
  const answered = isForward(mail.subject) ? undefined : directlyAnswered(signedIds, mail.headers)
  for (const number of [...returned, answered]) {
    const letter = await askingLetter(tx, number)
    if (letter) return { letter, isByKey: false }
  }
  return undefined
}

async function askingLetter(tx: Reader, number: number | undefined): Promise<Letter | undefined> {
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  return letter?.event === 'unconfirmed' ? letter : undefined
}
