import { createHash } from 'node:crypto'

/** The first byte of each index, and how many bytes the time and the GUID of a conversation have ([MS-OXOMSG] 2.2.1.3). */
const RESERVED = 1
const TIME_BYTES = 5
const GUID_BYTES = 16
/** Between 1601, where a FILETIME begins, and 1970, in milliseconds. */
const EPOCH = 11_644_473_600_000n
/** A FILETIME counts 100 nanoseconds. */
const PER_MILLISECOND = 10_000n

/**
 * The value of Thread-Index by which Outlook and Exchange know the letters of a ticket, and the answers to them, as one conversation: they
 * do not look at References, but at the GUID in it, else at the subject ([MS-OXOMSG] 2.2.1.2). `threadId` is the id of the ticket,
 * `created` its instant.
 */
export function threadIndex(threadId: string, created: string): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE((BigInt(Date.parse(created)) + EPOCH) * PER_MILLISECOND)
  const guid = createHash('sha256').update(threadId).digest().subarray(0, GUID_BYTES)
  return Buffer.concat([Buffer.from([RESERVED]), time.subarray(0, TIME_BYTES), guid]).toString('base64')
}
