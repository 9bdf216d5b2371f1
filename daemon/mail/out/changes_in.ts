import type { Reader } from '../../../data/store.ts'
import type { Change, Letter, Value } from '../../../data/tables.ts'
import { netOf } from '../../../handlers/letters/changes/net_changes.ts'

/** What is left of the changes that a letter to staff tells of, each field once; owners and queues by name. */
export async function changesIn(tx: Reader, letter: Letter): Promise<readonly Change[]> {
  const all: Change[] = []
  for (const id of letter.followups ?? []) {
    const followup = await tx.get('followups', id)
    all.push(...(followup?.changes ?? []))
  }
  const named: Change[] = []
  for (const { field, from, to } of netOf(all))
    named.push({ field, from: await nameOf(tx, field, from), to: await nameOf(tx, field, to) })
  return named
}

async function nameOf(tx: Reader, field: Change['field'], value: Value): Promise<Value> {
  if (typeof value !== 'number' || (field !== 'assigned_to' && field !== 'queue')) return value
  if (field === 'queue') return (await tx.get('queues', value))?.title ?? value
  const user = await tx.get('users', value)
  return user ? user.full_name || user.username : value
}
