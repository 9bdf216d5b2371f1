import { matchesPattern } from '../data/address_pattern.ts'
import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Ignore, Queue } from '../data/tables.ts'

/** How many entries the ignore list may have: all are read for each mail. */
const MOST = 1000

/** Throws Failure `conflict` if the ignore list has an entry for this address or pattern, `invalid` if it is full. */
export async function checkIgnore(tx: Reader, email: string): Promise<void> {
  const [same] = await tx.find('ignores', { email })
  if (same)
    throw new Failure(
      'conflict',
      `${email} is in the ignore list, as entry ${same.id}; to change it, remove it first with remove_ignore.`,
      { parameter: 'email' },
    )
  if ((await tx.count('ignores', {})) >= MOST)
    throw new Failure(
      'invalid',
      `The ignore list has ${MOST} entries, and it can have no more; remove some with remove_ignore.`,
    )
}

/** Throws Failure `invalid` if an address or pattern has the address of an active user or of a queue. */
export async function refuseOurs(tx: Reader, email: string): Promise<void> {
  const isHit = (address: string) => matchesPattern(email, address)
  for (const { active, addresses, username } of await tx.find('users', {})) {
    const hit = active ? addresses.find(isHit) : undefined
    if (hit !== undefined) refuse(email, hit, `user ${username}`)
  }
  for (const { email_address, title } of await tx.find('queues', {}))
    if (email_address !== null && isHit(email_address)) refuse(email, email_address, `queue ${title}`)
}

function refuse(email: string, hit: string, whose: string): never {
  throw new Failure(
    'invalid',
    `${email} would ignore mail from ${hit}, the address of ${whose}; name others, or give force=y.`,
    { parameter: 'email' },
  )
}

/** The entry that ignores mail to a queue; undefined if none does. Without a queue, only an entry for all queues does. */
export function entryFor(ignores: readonly Ignore[], queue: number | undefined): Ignore | undefined {
  return ignores.find(({ queues }) => !queues || (queue !== undefined && queues.includes(queue)))
}

/** The queues of an entry as a sentence names them. */
export function inQueues(queues: readonly Pick<Queue, 'title'>[]): string {
  const titles = queues.map(({ title }) => title).join(', ')
  return titles === '' ? 'in all queues' : `in ${queues.length === 1 ? 'queue' : 'the queues'} ${titles}`
}
