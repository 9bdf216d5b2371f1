import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { FailingAddress } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { userAt } from '../user_at.ts'
import { noticeAdministrators } from './notices.ts'

/** Tells the administrators that an address gets no more letters, if it belongs to a user or a queue: they hear of no ticket there. */
export async function noticeOfFailing(call: Call, { address }: FailingAddress, why: string): Promise<void> {
  const whose = await ownerOf(call.tx, address)
  if (whose === undefined) return
  await noticeAdministrators(call, 'failing', `No letters are written to ${address}`, [
    `${why}\n\n${address} is an address of ${whose}. No more letters are written to it, until a mail comes from it or somebody clears it.`,
    `Correct the address, or send a mail with the subject:\n  clear ${address}`,
    'list_failing lists all such addresses. You get this notice once.',
  ])
}

/** Whose address it is, among users and queues. */
async function ownerOf(tx: Reader, address: string): Promise<string | undefined> {
  const user = await userAt(tx, address)
  if (user) return user.username
  const queues = await tx.find('queues', {})
  const queue = queues.find(({ new_ticket_cc, updated_ticket_cc }) =>
    [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === address),
  )
  return queue && `queue ${queue.title}`
}
