import type { Readable } from 'node:stream'
import type { Keys } from './secret.ts'
import type { FileName, Id, Numbered, Row, Table } from './tables.ts'

/** A field equals a value (a list field: holds it), is one of several, or lies from–to, both ends counted. */
export type Condition<V> =
  | (V extends readonly (infer Item)[] ? Item : V)
  | { readonly in: readonly (V extends readonly (infer Item)[] ? Item : V)[] }
  | { readonly from?: V; readonly to?: V }
export type Where<R> = { readonly [K in keyof R]?: Condition<R[K]> }

/** Which of the found records, and in what order. */
export interface Page<R extends { id: unknown }> {
  /** The field to sort by, one of the table's `orders` or `id`, which it is unless named. Null stands before all else, and equal values stand by id. */
  readonly by?: keyof R
  /** From the highest value down. */
  readonly newest?: true
  /** Only what stands behind the record with this id; where there is none any more, this holds for the order of ids alone. */
  readonly after?: R['id']
  readonly limit?: number
  /** Words that each must stand in some text of the record, whatever their case. In a table that is `searched`. */
  readonly words?: string
  /** Only those that name files. Of the others not even the text is looked at. */
  readonly withFiles?: true
}

/** Looks at records, which are frozen: who reads one may be handed the same object as others. */
export interface Reader {
  /** The record with an id; undefined where there is none. */
  get<T extends Table>(table: T, id: Id<T>): Promise<Row<T> | undefined>
  /** The records that fit all conditions, in the order of their ids unless the page says otherwise; all of them without a page. */
  find<T extends Table>(table: T, where: Where<Row<T>>, page?: Page<Row<T>>): Promise<readonly Row<T>[]>
  /** How many `find` gives without a page. */
  count<T extends Table>(table: T, where: Where<Row<T>>): Promise<number>
}

export interface Tx extends Reader {
  /**
   * Adds a record under a number of its table that is higher than those given out before, and never used again. There may be gaps. The
   * order of the numbers is not the order of the commits: of two at the same time, the one with the lower numbers may be the later one.
   * The follow-ups of one ticket do stand in the order of its versions, since each is added behind a write of the ticket.
   */
  add<T extends Numbered>(table: T, fields: Omit<Row<T>, 'id'>): Promise<Row<T>>
  /**
   * Writes a whole record, in place of the one with its id if there is one; no number up to its id is given out any more. Gives
   * the record as it is kept, frozen. The object that was given is kept within this transaction only, and may be frozen, too. A field that
   * is undefined is absent. Texts hold no NUL and no half of a character (a lone surrogate): some stores cannot keep them.
   */
  put<T extends Table>(table: T, record: Row<T>): Promise<Row<T>>
  /**
   * Gives out no number of a table up to `to` any more. Gives the highest one that was given out or skipped until then; with 0 it
   * only tells that.
   */
  skip(table: Numbered, to: number): Promise<number>
  /** Removes a record; nothing happens where there is none. */
  delete<T extends Table>(table: T, id: Id<T>): Promise<void>
  /** Removes all records that fit a condition, without a look at what else they say where that is one value of one key. */
  deleteAll<T extends Table>(table: T, where: Where<Row<T>>): Promise<void>
}

/** Bytes that come one piece after the other, so that nobody has to hold them all. */
export type Pieces = AsyncIterable<Uint8Array>

/** Bytes by the SHA-256 of their content. */
export interface Files {
  /**
   * Keeps bytes, synced. Put them before the commit that names them: what no record names is removed when it is an hour old, or
   * within the hour after that. Throws Failure `full` when the disk has no room, `unavailable` once the store is closed, and what the
   * pieces throw.
   */
  put(bytes: Uint8Array | Pieces): Promise<FileName>
  /** Gives the bytes back, or undefined where there are none of that name. */
  get(name: FileName): Promise<Buffer | undefined>
  /** The same piece by piece. It goes on to the end, also when the file is removed meanwhile. */
  stream(name: FileName): Promise<Readable | undefined>
  /** Holds files for one commit; those that it does not name are removed. */
  hold(): Hold
  /** What the files take that records name, from now on; resolves when the size of each is known. */
  usage(): Promise<Usage>
}

/** The files of one commit: bytes that are put here stay at least until the end. */
export interface Hold extends Pick<Files, 'put'> {
  /** The commit is durable, or will not come: removes what no record names, once what is being put is there. */
  end(): Promise<void>
}

/** In bytes, whole blocks of the disk. A file that several records name counts once, for the first of them. */
export interface Usage {
  readonly bytes: number
  /** The part of that which came by unproven mail. */
  readonly unproven: number
  /** The part of that which one sender network holds. */
  of(network: string): number
  /** The network that holds most, of those with raw mails. */
  largest(): { readonly network: string; readonly bytes: number } | undefined
  /** The mail records of a network's raw mails, the oldest first, so many at most. */
  rawsOf(network: string, limit: number): Id<'mails'>[]
}

/** What there is room for, in bytes and in files; no end where nothing sets one. */
export interface Free {
  readonly bytes: number
  readonly files: number
}

/** What is kept. `json/` is the embedded one; one test suite holds for any. */
export interface Store {
  /** Looks at one moment of the store; resolves when all that it saw is durable. `work` may run again, and may await nothing but its tx. */
  read<R>(work: (tx: Reader) => Promise<R>): Promise<R>
  /**
   * Changes it: all or nothing, as if alone, durable when it resolves. What `work` throws takes everything back.
   * `work` may run again, and may await nothing but its tx. Throws Failure `full` when the disk has no room.
   */
  transact<R>(work: (tx: Tx) => Promise<R>): Promise<R>
  /** Calls `wake` after each durable commit that touched the table; gives the function that ends it. */
  watch(table: Table, wake: () => void): () => void
  readonly files: Files
  /** What is still free where it keeps things; nobody else knows where that is. */
  free(): Promise<Free>
  /**
   * The keys of this site, made when they are asked for first. They belong to the site: whoever moves its records to another store moves
   * them, too, or what comes back by mail is known no more. Throws Failure `invalid` where they are damaged.
   */
  keys(): Promise<Keys>
  /** Waits for what is under way, folds the journal in and lets go of the directory. */
  close(): Promise<void>
}
