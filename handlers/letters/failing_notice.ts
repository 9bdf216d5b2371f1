import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { FailingAddress, FailingNotice } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { userAt } from '../user_at.ts'
import { noticeAdministrators } from './notices.ts'

/** Tells the administrators that an address gets no more letters, if it belongs to a user or a queue: they hear of no ticket there. */
export async function noticeOfFailing(
  call: Call,
  { address, reply, complained }: FailingAddress,
): Promise<void> {
  const whose = await ownerOf(call.tx, address)
  if (whose === undefined) return
  const how = complained ? { complained } : {}
  await noticeAdministrators(call, 'failing', { is: 'failing', address, reply, ...how, whose })
}

/** Whose address it is, among users and queues. */
async function ownerOf(tx: Reader, address: string): Promise<FailingNotice['whose'] | undefined> {
  const user = await userAt(tx, address)
  if (user) return { user: user.id }
  const queues = await tx.find('queues', {})
  const queue = queues.find(({ new_ticket_cc, updated_ticket_cc }) =>
    [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === address),
  )
  return queue && { queue: queue.id }
}
