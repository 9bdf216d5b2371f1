import { mailbox } from '../../data/address.ts'
import type { Author, Followup, Ticket } from '../../data/tables.ts'

/** Whether a follow-up is a public text or file of an agent or the operator. */
export function isStaffAnswer(followup: Followup, ticket: Ticket): boolean {
  const { author, comment, attachments } = followup
  return followup.public && (comment !== '' || attachments.length > 0) && isFromStaff(author, ticket)
}

type Writer = { readonly kind: 'user' | 'operator' | 'daemon' } | Extract<Author, { kind: 'submitter' }>

/** Whether an agent or the operator is the author. By mail, an agent who is the submitter of the ticket writes as that. */
export function isFromStaff(author: Writer, { submitter_email }: Ticket): boolean {
  if (author.kind !== 'submitter') return author.kind !== 'daemon'
  if (author.proven !== true || author.address === null) return false
  return submitter_email === null || mailbox(author.address) !== mailbox(submitter_email)
}
