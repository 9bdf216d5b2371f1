import type { Reader } from '../../data/store.ts'
import type { Change, Status, Value } from '../../data/tables.ts'
import { usernameOf } from '../author_word.ts'
import { TEXT } from '../result_schema.ts'
import { statusWord } from './facts.ts'

/** A change as programs get it: the owner as `owner`, and users, queues and statuses by name. */
export interface ChangeFacts {
  readonly field: string
  readonly from: Value
  readonly to: Value
}
const VALUE = { type: ['string', 'integer', 'boolean', 'null'] }
export const CHANGE_FACTS = { field: TEXT, from: VALUE, to: VALUE }

export async function changeFacts(tx: Reader, { field, from, to }: Change): Promise<ChangeFacts> {
  const name = field === 'assigned_to' ? 'owner' : field
  return { field: name, from: await nameOfValue(tx, field, from), to: await nameOfValue(tx, field, to) }
}

async function nameOfValue(tx: Reader, field: Change['field'], value: Value): Promise<Value> {
  if (typeof value !== 'number') return value
  if (field === 'status') return statusWord(value as Status)
  if (field === 'assigned_to') return usernameOf(tx, value)
  return field === 'queue' ? ((await tx.get('queues', value))?.slug ?? value) : value
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
