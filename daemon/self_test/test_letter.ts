import { randomInt } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import { LOOP_FIELD, type SignedIds } from '../mail/signed_ids.ts'

/** Above the numbers of all letters that will ever be. */
const ABOVE_ALL = 2 ** 50
const MARKS = 2 ** 47

/** A letter of the helpdesk to itself, by its marks: whatever of it comes back is known by one of them. */
export interface TestLetter {
  /** A number that no other letter has, and that its Message-ID and return path sign. */
  readonly number: number
  readonly to: string
  readonly subject: string
  readonly messageId: string
  readonly returnPath: string
}

/** A letter to `mail.address`, or, if `extended`, to the address of that form to which answers to letters go. */
export function testLetter(
  signedIds: SignedIds,
  mailAddress: string,
  form: 'plain' | 'extended',
): TestLetter {
  const number = ABOVE_ALL + randomInt(MARKS)
  const ids = { id: number, ticket: null }
  const extended = form === 'extended' ? signedIds.keyAddress(ids) : undefined
  return {
    number,
    to: extended ?? mailAddress,
    subject: `Self-test ${number.toString(36)} of the helpdesk`,
    messageId: signedIds.messageId(ids),
    returnPath: signedIds.returnPath(ids),
  }
}

/** The letter for nodemailer. The mail door drops and records it, as it does with every letter of ours that comes back. */
export function testMail(
  { to, subject, messageId, returnPath }: TestLetter,
  signedIds: SignedIds,
  mailAddress: string,
): SendMailOptions {
  return {
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
    envelope: { from: returnPath, to: [to] },
    from: { name: 'Helpdesk', address: mailAddress },
    to: [{ name: '', address: to }],
    subject,
    messageId,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      [LOOP_FIELD]: signedIds.loop(1),
    },
    text: 'The helpdesk has sent this letter to itself, to see whether its mail goes out and comes in.\r\n',
  }
}
