import { resolve } from 'node:path'
import type { SendMailOptions } from 'nodemailer'
import { letterFiles } from './letter_files.ts'
import { type Access, SMTP_WAITS, smtpDelivery } from './smtp_delivery.ts'

/**
 * The result of one attempt. `down`: the smarthost has a problem that is not about this letter. `refused`: it refuses us, as the sender of
 * this letter. `doubted`: it refuses this letter, or us.
 */
export interface Result {
  readonly state: 'sent' | 'failed' | 'deferred' | 'down' | 'refused' | 'doubted'
  readonly reply: string
}
export interface Smarthost {
  /** Delivers a letter; `id` is its number. */
  send(id: number, letter: SendMailOptions): Promise<Result>
  /** Closes at once and aborts running deliveries. */
  close(): void
}

/** Opens the smarthost for a URL: `smtp:`, `smtps:`, or `file:DIRECTORY`, which writes each letter to `NUMBER.eml` in that directory. */
export function openSmarthost(
  url: string,
  hostname: string,
  access: Partial<Access> = {},
  waits = SMTP_WAITS,
): Smarthost {
  return url.startsWith('file:')
    ? letterFiles(resolve(url.slice('file:'.length)))
    : smtpDelivery(url, hostname, access, waits)
}
