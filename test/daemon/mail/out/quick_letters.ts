import type { LetterWaits } from '../../../../daemon/daemon.ts'
import { OUTBOX_WAITS } from '../../../../daemon/mail/out/outbox_waits.ts'
import { SMTP_WAITS } from '../../../../daemon/mail/out/smtp_delivery.ts'
import { SECOND } from '../../../../data/durations.ts'

/** Short waits for letters. The smarthost keeps the time that a slow machine needs. */
export const quickLetters: LetterWaits = {
  outbox: { ...OUTBOX_WAITS, retries: [20], pauses: [20], recovery: 1 },
  smtp: { ...SMTP_WAITS, greeting: 3 * SECOND, silence: 3 * SECOND },
  changes: 0,
}
