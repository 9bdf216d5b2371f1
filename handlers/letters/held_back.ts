import type { HeldBackNotice, LetterLimit } from '../../data/tables.ts'
import type { Call, NotWritten } from '../method.ts'
import type { LetterCount } from './letter_count.ts'
import { noticeAdministrators } from './notices.ts'

/** A letter that a limit holds back. */
export type HeldLetter = Omit<HeldBackNotice, 'is'>

/** Records that a letter about a ticket is held back, and notifies the administrators. */
export async function holdBack(call: Call, count: LetterCount, held: HeldLetter): Promise<void> {
  call.heldBack.push(await noticeHeldBack(call, count, held))
}

/** Notifies each administrator that a letter is held back, at most once a day. Gives what is recorded. */
export async function noticeHeldBack(
  call: Pick<Call, 'tx' | 'now'>,
  count: LetterCount,
  held: HeldLetter,
): Promise<NotWritten> {
  if (!count.caps.areTold(Date.parse(call.now))) {
    count.tell()
    await noticeAdministrators(call, 'held_back', { is: 'held_back', ...held })
  }
  const { to, about, limit } = held
  const what = 'ticket' in about ? `ticket ${about.ticket}` : `the command in mail ${about.mail}`
  return {
    cap: limit.per === 'all' ? 'all' : 'address',
    sentence: `No letter to ${to} about ${what}: ${limitClause(limit)}.`,
  }
}

function limitClause(limit: LetterLimit): string {
  switch (limit.per) {
    case 'hour':
      return `that address has reached its hourly limit of ${limit.most}`
    case 'day':
      return `that address has reached its daily limit of ${limit.most}`
    case 'all':
      return 'too many letters in the last hour went to addresses that no agent has answered'
  }
}
