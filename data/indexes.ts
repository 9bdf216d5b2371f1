import type { Numbered, Row, Table } from './tables.ts'

/** The indexed fields of each table, found without a scan. A list field is found by each of its values. */
export const keys: { readonly [T in Table]: readonly (keyof Row<T> & string)[] } = {
  tickets: ['queue', 'submitter_email', 'reference'],
  followups: ['ticket'],
  queues: ['slug', 'email_address'],
  users: ['username', 'addresses'],
  tokens: ['hash', 'user'],
  letters: ['state', 'ticket', 'followups'],
  mails: ['tickets'],
  once: [],
  restores: [],
  ignores: ['email'],
  failing: ['address'],
  exclusions: [],
  confirmations: ['user', 'tickets', 'mail', 'letter'],
}
type ListField<R> = {
  [K in keyof R]-?: NonNullable<R[K]> extends readonly (string | number)[] ? K : never
}[keyof R]
/** The list fields of each table: a condition on one is true if it is true for one of the values. */
export const lists: { readonly [T in Table]: readonly ListField<Row<T>>[] } = {
  tickets: ['watchers', 'unconfirmed_watchers'],
  followups: [],
  queues: ['former_slugs', 'new_ticket_cc', 'updated_ticket_cc'],
  users: ['addresses', 'queues'],
  tokens: ['methods'],
  letters: ['followups'],
  mails: ['recipients', 'reasons', 'held_back', 'tickets'],
  once: [],
  restores: [],
  ignores: ['queues'],
  failing: [],
  exclusions: ['queues'],
  confirmations: ['tickets'],
}
/** The fields that the records of each table can be sorted by, besides their id. */
export const orders: { readonly [T in Table]: readonly (keyof Row<T> & string)[] } = {
  tickets: ['priority', 'due_date'],
  followups: [],
  queues: ['title'],
  users: [],
  tokens: [],
  letters: ['due'],
  mails: [],
  once: [],
  restores: [],
  ignores: [],
  failing: [],
  exclusions: [],
  confirmations: [],
}
/** The fields by whose values, one of each, the records of a table are counted without reading them. */
export const counted: { readonly [T in Table]?: readonly (keyof Row<T> & string)[] } = {
  tickets: ['queue', 'status', 'on_hold'],
}
/** The fields that are searched for words, and those of the records of another table that belong to each record. */
export interface Searched {
  readonly fields: readonly string[]
  readonly of?: { readonly table: Table; readonly by: string; readonly fields: readonly string[] }
}
/** The tables that can be searched for words. Of a long text that is kept in a file, only the beginning is searched. */
export const searched: { readonly [T in Table]?: Searched } = {
  tickets: {
    fields: ['title', 'submitter_email', 'resolution'],
    of: { table: 'followups', by: 'ticket', fields: ['comment'] },
  },
}
export const tables = Object.keys(keys) as Table[]
export const numbered = tables.filter((table): table is Numbered => table !== 'once')
