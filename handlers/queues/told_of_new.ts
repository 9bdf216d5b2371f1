import { mailbox } from '../../data/address.ts'
import { nameList } from '../../data/name_list.ts'
import type { Reader } from '../../data/store.ts'
import type { Queue, User } from '../../data/tables.ts'
import { failingAmong, reachedOf } from '../letters/failing_addresses.ts'
import { userAt } from '../user_at.ts'
import { sees } from '../visible.ts'
import { defaultOwner } from './default_owner.ts'

const MOST_NAMED = 10

/** The sentence that says who, besides the submitter, is notified of a new ticket in a queue. */
export async function toldOfNew(tx: Reader, queue: Queue): Promise<string> {
  const owner = await defaultOwner(tx, queue)
  const ownAddress = owner && ((await reachedOf(tx, owner.addresses)) ?? owner.addresses[0]!)
  const cc = [...queue.new_ticket_cc, ...queue.updated_ticket_cc]
  const staff = new Map<string, string>()
  for (const one of [...(ownAddress ? [ownAddress] : []), ...cc])
    if (!staff.has(mailbox(one))) staff.set(mailbox(one), one)
  const failing = (await failingAmong(tx, [...staff.values()])).map(({ address }) => address)
  const reached = [...staff].filter(([box]) => !failing.includes(box)).map(([, address]) => address)
  const unwilling = await unwillingAmong(tx, reached, owner)
  const told = reached.filter(address => !unwilling.includes(address))
  if (told.length > 0) return `Letters about its new tickets go to ${nameList(told, MOST_NAMED)}.`
  const able = (await tx.find('users', { admin: true })).filter(user => user.active && sees(user, queue.id))
  const willing = able.filter(user => wantsNew(user, owner))
  const admins = willing.length > 0 ? willing : able
  if (admins.length === 0)
    return 'Nobody gets a letter about its new tickets: give it a default_owner, or CC addresses, since there is no active administrator either.'
  const names = admins.map(({ username }) => username).join(', ')
  if (failing.length > 0)
    return `Letters about its new tickets go to the administrators (${names}), since letters do not reach ${nameList(failing, MOST_NAMED)}.`
  if (unwilling.length > 0)
    return `Letters about its new tickets go to the administrators (${names}), since ${nameList(unwilling, MOST_NAMED)} ${unwilling.length === 1 ? 'wants' : 'want'} none.`
  const missing = queue.default_owner === null ? 'a default owner' : 'an active default owner who sees it'
  return `Letters about its new tickets go to the administrators (${names}), since it has neither ${missing} nor CC addresses.`
}

/** Of some addresses, those whose user has chosen not to hear of new tickets. */
async function unwillingAmong(
  tx: Reader,
  addresses: readonly string[],
  owner: User | undefined,
): Promise<string[]> {
  const unwilling: string[] = []
  for (const address of addresses) {
    const user = await userAt(tx, address)
    if (user && !wantsNew(user, owner)) unwilling.push(address)
  }
  return unwilling
}

function wantsNew({ id, notify }: User, owner: User | undefined): boolean {
  return notify === undefined || (notify === 'mine' && id === owner?.id)
}
