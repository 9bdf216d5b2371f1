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
    ? [`No more letters are written to ${address}, until a mail comes from it.\n`]
    : []
  if (subjects.length === 0)
    return 'An administrator can correct the addresses of users (change_user) and of queues (change_queue).'
  const width = Math.max(...subjects.map(([subject]) => subject.length))
  return [
    ...stopped,
    'To correct this, send a mail with one of these subjects:',
    ...subjects.map(([subject, when]) => `  ${subject.padEnd(width)}  ${when}`),
  ].join('\n')
}
