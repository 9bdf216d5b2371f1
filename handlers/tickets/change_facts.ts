import type { Change, Status, Value } from '../../data/tables.ts'
import { usernameOf } from '../author_word.ts'
import type { Call } from '../method.ts'
import { TEXT } from '../result_schema.ts'
import { actorSees, seenNumber } from '../visible.ts'
import { statusWord } from './facts.ts'

/** A change as programs get it: the owner as `owner`, and users, queues and statuses by name. */
export interface ChangeFacts {
  readonly field: string
  readonly from: Value
  readonly to: Value
}
const UNSEEN = 'another'
type Seeing = Pick<Call, 'tx' | 'actor'>
const VALUE = { type: ['string', 'integer', 'boolean', 'null'] }
export const CHANGE_FACTS = { field: TEXT, from: VALUE, to: VALUE }

/** A change as the caller may see it: a queue or a ticket that the caller does not see is `another`. */
export async function changeFacts(call: Seeing, { field, from, to }: Change): Promise<ChangeFacts> {
  const name = field === 'assigned_to' ? 'owner' : field
  return { field: name, from: await nameOfValue(call, field, from), to: await nameOfValue(call, field, to) }
}

async function nameOfValue(call: Seeing, field: Change['field'], value: Value): Promise<Value> {
  if (typeof value !== 'number') return value
  if (field === 'status') return statusWord(value as Status)
  if (field === 'assigned_to') return usernameOf(call.tx, value)
  if (field === 'duplicate_of') return (await seenNumber(call, value)) ?? UNSEEN
  if (field !== 'queue') return value
  return actorSees(call.actor, value) ? ((await call.tx.get('queues', value))?.slug ?? value) : UNSEEN
}

/** A change for people. `cut` shortens a text. */
export function changeWords(
  { field, from, to }: ChangeFacts,
  cut: (text: string) => string,
): Record<keyof ChangeFacts, string> {
  const absent = field === 'owner' ? 'nobody' : 'nothing'
  const word = (value: Value) => {
    if (value === null) return absent
    if (typeof value === 'boolean') return value ? 'yes' : 'no'
    return typeof value === 'string' ? cut(value) : String(value)
  }
  return { field: field.replaceAll('_', ' '), from: word(from), to: word(to) }
}
