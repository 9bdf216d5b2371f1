import type { Call, NotWritten } from '../method.ts'
import type { HeldBack } from './letter_caps.ts'
import type { LetterCount } from './letter_count.ts'
import { noticeAdministrators } from './notices.ts'

/** Records that a letter is held back, and notifies the administrators. */
export async function holdBack(
  call: Call,
  count: LetterCount,
  to: string,
  ticket: number,
  { cap, why }: HeldBack,
): Promise<void> {
  const heldBack = { cap, sentence: `No letter to ${to} about ticket ${ticket}: ${why}.` }
  call.heldBack.push(heldBack)
  await noticeHeldBack(call, count, heldBack)
}

/** Notifies each administrator that a letter is held back, at most once a day. */
export async function noticeHeldBack(
  call: Pick<Call, 'tx' | 'now'>,
  count: LetterCount,
  { sentence }: NotWritten,
): Promise<void> {
  if (count.caps.areTold(Date.parse(call.now))) return
  count.tell()
  await noticeAdministrators(call, 'held_back', 'Letters are held back', [
    'Mail from unproven senders would cause more letters than [limits] allows, so some letters are held back. The tickets contain everything that was written.',
    `The first one: ${sentence}`,
    'list_held_back shows them, and "helpdeskd status" counts them. You get this notice at most once a day.',
  ])
}
