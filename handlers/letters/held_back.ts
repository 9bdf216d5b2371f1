import type { Call } from '../method.ts'
import type { HeldBack } from './letter_caps.ts'
import type { LetterCount } from './letter_count.ts'

/** Records that a letter is held back, and notifies each administrator by letter, at most once a day. */
export async function holdBack(
  call: Call,
  count: LetterCount,
  to: string,
  ticket: number,
  { cap, why }: HeldBack,
): Promise<void> {
  const sentence = `No letter to ${to} about ticket ${ticket}: ${why}.`
  call.heldBack.push({ cap, sentence })
  if (count.caps.areTold(Date.parse(call.now))) return
  count.tell()
  for (const user of await call.tx.find('users', { admin: true })) {
    const [address] = user.addresses
    if (!user.active || address === undefined) continue
    await call.tx.add('letters', {
      event: 'held_back',
      to: address,
      ticket: null,
      followup: null,
      answer: {
        subject: 'Letters are held back',
        message_id: null,
        sentences: [
          'Mail from unproven senders would cause more letters than [limits] allows, so some letters are held back. The tickets contain everything that was written.',
          `The first one: ${sentence}`,
          '"helpdeskd status" and list_held_back show them. You get this notice at most once a day.',
        ],
      },
      state: 'waiting',
      created: call.now,
      due: call.now,
      attempts: [],
    })
  }
}
