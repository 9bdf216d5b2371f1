import type { Readable } from 'node:stream'
import type { Keys } from './secret.ts'
import type { FileName, Id, Numbered, Row, Table } from './tables.ts'

/** A field equals a value, is `in` several values, or lies between `from` and `to`, inclusive. A list field matches if one of its values does. */
export type Condition<V> =
  | (V extends readonly (infer Item)[] ? Item : V)
  | { readonly in: readonly (V extends readonly (infer Item)[] ? Item : V)[] }
  | { readonly from?: V; readonly to?: V }
export type Where<R> = { readonly [K in keyof R]?: Condition<R[K]> }

/** Which of the matching records to give, and in what order. */
export interface Page<R extends { id: unknown }> {
  /** The field to sort by: `id` (the default) or one of the table's `orders`. Null comes first; equal values are sorted by id. */
  readonly by?: keyof R
  /** In descending order. */
  readonly newest?: true
  /** Only records after the one with this id. If that record is gone, this works only in the order of ids. */
  readonly after?: R['id']
  readonly limit?: number
  /** Only records that name files. The texts of the others are not even read. */
  readonly withFiles?: true
}

/** A record's place in an order: its values of the fields of the order, then its id. */
export type Position = readonly (string | number | boolean | null)[]

/** Which records of a long table to give, and in what order. */
export interface Search<R extends { id: unknown }> {
  readonly where: Where<R>
  /**
   * Each of these words must occur, in any case, in the record, or each in one of the records that belong to it: in the fields that
   * `searched` names. Words are plain text, never patterns.
   */
  readonly words?: string
  /** The fields to sort by, one after the other, then by id. Null comes last, in both directions. */
  readonly by: readonly (keyof R & string)[]
  /** In descending order. */
  readonly newest?: true
  /** Only records after this place; the record that had it may have changed or be gone. */
  readonly after?: Position
  readonly limit: number
}

/** Reads records. They are frozen, since several readers may get the same object. */
export interface Reader {
  /** The record with this id; undefined if there is none. */
  get<T extends Table>(table: T, id: Id<T>): Promise<Row<T> | undefined>
  /** The records that match all conditions; without a page all of them, in the order of their ids. */
  find<T extends Table>(table: T, where: Where<Row<T>>, page?: Page<Row<T>>): Promise<readonly Row<T>[]>
  /** The number of records that `find` gives without a page. */
  count<T extends Table>(table: T, where: Where<Row<T>>): Promise<number>
}

export interface Tx extends Reader {
  /**
   * Adds a record. Its id is higher than every id given out before in this table, and is never used again. There may be gaps. The order
   * of ids is not the order of commits: of two concurrent commits, the later one may have the lower ids. The follow-ups of one ticket
   * are in the order of its versions, since each is added after a write of the ticket.
   */
  add<T extends Numbered>(table: T, fields: Omit<Row<T>, 'id'>): Promise<Row<T>>
  /**
   * Writes a whole record, and replaces the one with its id. No id up to this one is given out afterwards. Gives the stored record,
   * frozen. The given object is used within this transaction only, and may become frozen, too. An undefined field is absent. Texts
   * contain no NUL and no lone surrogate: some stores cannot keep them.
   */
  put<T extends Table>(table: T, record: Row<T>): Promise<Row<T>>
  /**
   * Skips all ids of a table up to `to`. Gives the highest id that was given out or skipped before; `skip(table, 0)` only gives
   * that.
   */
  skip(table: Numbered, to: number): Promise<number>
  /** Removes a record, if it exists. Its text soon leaves the store's files, even if the transaction puts a record with its id again. */
  delete<T extends Table>(table: T, id: Id<T>): Promise<void>
  /** Removes all records that match. If the condition is one value of one key, they are not even read. */
  deleteAll<T extends Table>(table: T, where: Where<Row<T>>): Promise<void>
}

/** Bytes in pieces, so that they need not be in memory all at once. */
export type Pieces = AsyncIterable<Uint8Array>

/** Files, named by the SHA-256 of their content. */
export interface Files {
  /**
   * Stores bytes durably. Call it before the commit that names them: a file that no record names is removed when it is between one and
   * two hours old. Throws Failure `full` if the disk is full, `unavailable` once the store is closed, and what the pieces throw.
   */
  put(bytes: Uint8Array | Pieces): Promise<FileName>
  /** The bytes of a file; undefined if there is no such file. */
  get(name: FileName): Promise<Buffer | undefined>
  /** As `get`, but as a stream. It can be read to the end even if the file is removed meanwhile. */
  stream(name: FileName): Promise<Readable | undefined>
  /** Holds files for one commit; at its end those that no record names are removed. */
  hold(): Hold
  /** The disk usage of the files that records name, kept up to date. Resolves when all sizes are known. */
  usage(): Promise<Usage>
}

/** The files of one commit: files that are put here stay at least until `end`. */
export interface Hold extends Pick<Files, 'put'> {
  /** Call it when the commit is durable or abandoned. Waits for running puts, then removes the files that no record names. */
  end(): Promise<void>
}

/** Disk usage in bytes, in whole blocks. A file that several records name counts once, for the first of them. */
export interface Usage {
  readonly bytes: number
  /** The part that came by unproven mail. */
  readonly unproven: number
  /** The part that one sender network uses. */
  of(network: string): number
  /** The network that uses most, of those that have raw mails. */
  largest(): { readonly network: string; readonly bytes: number } | undefined
  /** The ids of the mail records with raw mails of a network, oldest first, at most `limit`. */
  rawsOf(network: string, limit: number): Id<'mails'>[]
}

/** The free space, in bytes and in files; infinite if there is no limit. */
export interface Free {
  readonly bytes: number
  readonly files: number
}

/** The contract of a store. `json/` is the embedded store; one test suite checks every store. */
export interface Store {
  /** Reads one consistent state; resolves when everything it saw is durable. `work` may run more than once, and must await only its tx. */
  read<R>(work: (tx: Reader) => Promise<R>): Promise<R>
  /**
   * Searches a long table outside any transaction. It lets others read and write in between, so the records may be of different
   * moments: read those that matter again. Resolves when everything it saw is durable.
   */
  search<T extends Table>(table: T, search: Search<Row<T>>): Promise<readonly Row<T>[]>
  /**
   * Runs a transaction: all or nothing, isolated, durable when it resolves. If `work` throws, everything is rolled back.
   * `work` may run more than once, and must await only its tx. Throws Failure `full` if the disk is full.
   */
  transact<R>(work: (tx: Tx) => Promise<R>): Promise<R>
  /** Calls `wake` after each durable commit that changed the table; gives the function that stops this. */
  watch(table: Table, wake: () => void): () => void
  readonly files: Files
  /** The free space where the store keeps its data. */
  free(): Promise<Free>
  /**
   * The keys of this site, created at the first call. They belong to the site: move them with its records to another store, or mails
   * that answer earlier letters are no longer recognized. Throws Failure `invalid` if they are damaged.
   */
  keys(): Promise<Keys>
  /** Waits for running transactions, writes a last snapshot and releases the state directory. */
  close(): Promise<void>
}
