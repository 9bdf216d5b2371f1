import { Failure } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'

/** The record of a received mail. Throws Failure `not_found` if there is none any more. */
export async function mailNumbered(tx: Reader, id: number): Promise<Mail> {
  const mail = await tx.get('mails', id)
  if (mail) return mail
  throw new Failure(
    'not_found',
    `There is no record of mail ${id}. The record of a mail is kept for as many days as mail.keep_records_days says (90 by default), and no longer than its tickets.`,
    { parameter: 'mail' },
  )
}
