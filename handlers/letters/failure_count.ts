import { mailbox } from '../../data/address.ts'
import { beginningOf } from '../../data/beginning.ts'
import type { FailingAddress, Instant } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { failuresOf } from './failing_addresses.ts'
import { noticeOfFailing } from './failing_notice.ts'

/** After this many letters that failed for good, an address gets no more. */
const MOST_FAILURES = 3
/** In bytes. */
const LONGEST_REPLY = 300

/**
 * Counts a letter that failed for good. The third one stops letters to the address; if that is one of staff, the administrators are told.
 * A later success does not count: that our smarthost takes a letter says nothing of the address.
 */
export async function countFailure(call: Call, address: string, reply: string): Promise<void> {
  const before = await failuresOf(call.tx, address)
  const count = (before?.count ?? 0) + 1
  const since = count >= MOST_FAILURES ? call.now : undefined
  await keep(call, before, { address, count, reply, since })
}

/** Stops letters to an address whose reader reported one as spam. */
export async function stopForComplaint(call: Call, address: string, reply: string): Promise<void> {
  const before = await failuresOf(call.tx, address)
  await keep(call, before, { address, count: before?.count ?? 0, reply, since: call.now, complained: true })
}

interface News extends Pick<FailingAddress, 'address' | 'count' | 'reply' | 'complained'> {
  readonly since: Instant | undefined
}

async function keep(
  call: Call,
  before: FailingAddress | undefined,
  { address, reply, since: news, ...more }: News,
): Promise<void> {
  const { tx, now } = call
  const since = before?.since ?? news
  const record = {
    ...before,
    ...more,
    address: mailbox(address),
    reply: beginningOf(reply, LONGEST_REPLY),
    last: now,
    ...(since === undefined ? {} : { since }),
  }
  const kept = before
    ? await tx.put('failing', { ...record, id: before.id })
    : await tx.add('failing', record)
  if (since !== undefined && before?.since === undefined) await noticeOfFailing(call, kept)
}
