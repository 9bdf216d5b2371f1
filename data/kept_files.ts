import type { FileName, Id, Row, Table } from './tables.ts'

/** A file that a record names. A file that no record names is removed. */
export interface KeptFile {
  readonly file: FileName
  /** In bytes; undefined if the record does not say it. */
  readonly size: number | undefined
  /** The sender network that it counts for; undefined if the sender is proven. */
  readonly network: string | undefined
  /** The id of the mail record, if the file is a raw mail. */
  readonly mail?: Id<'mails'>
}
export const filesOf: { readonly [T in Table]?: (record: Row<T>) => readonly KeptFile[] } = {
  tickets: ({ resolution_file: file }) =>
    file === undefined ? [] : [{ file, size: undefined, network: undefined }],
  followups: ({ attachments, original, comment_file, network }) => [
    ...[...attachments, ...(original ? [original] : [])].map(({ file, size }) => ({ file, size, network })),
    ...(comment_file === undefined ? [] : [{ file: comment_file, size: undefined, network }]),
  ],
  mails: ({ id, raw, raw_size, network }) =>
    raw === null ? [] : [{ file: raw, size: raw_size, network, mail: id }],
}
