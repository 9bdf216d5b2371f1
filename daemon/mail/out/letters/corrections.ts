import { mailbox } from '../../../../data/address.ts'
import type { Ticket } from '../../../../data/tables.ts'

/** An address that a letter did not reach, and whether it gets no more letters. */
export interface Unreached {
  readonly address: string
  readonly isStopped: boolean
}

/** What can be done about an address that a letter about a ticket did not reach, a line each. */
export function correctionsOf(
  { id, submitter_email, watchers = [] }: Ticket,
  { address, isStopped }: Unreached,
): string {
  const isIt = (other: string | null) => other !== null && mailbox(other) === mailbox(address)
  const subjects: [string, string][] = [
    ...(isIt(submitter_email)
      ? [[`submitter ${id} ADDRESS`, 'if the submitter has another address'] as [string, string]]
      : []),
    ...(watchers.some(isIt)
      ? [[`unwatch ${id} ${address}`, 'if nobody reads that address'] as [string, string]]
      : []),
    ...(isStopped ? [[`clear ${address}`, 'if letters reach it again'] as [string, string]] : []),
  ]
  const stopped = isStopped
    ? [`No more letters are written to ${address}, until a mail comes from it or somebody clears it.\n`]
    : []
  const isStaffs = !isIt(submitter_email) && !watchers.some(isIt)
  if (isStaffs)
    subjects.push(
      ['change_user username=NAME email=ADDRESS', 'if a user has another address (administrators)'],
      [
        'change_queue queue=NAME updated_ticket_cc=ADDRESS',
        'if a queue has it as a CC address (administrators)',
      ],
    )
  const width = Math.max(...subjects.map(([subject]) => subject.length))
  return [
    ...stopped,
    `To correct this, send a mail with ${subjects.length === 1 ? 'this subject' : 'one of these subjects'}:`,
    ...subjects.map(([subject, when]) => `  ${subject.padEnd(width)}  ${when}`),
  ].join('\n')
}
