import type { Mail } from '../../data/tables.ts'
import { mailNumbered } from '../mails/mail_number.ts'
import { mailSteps } from '../mails/mail_steps.ts'
import { method } from '../method.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { BOOLEAN, ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

/** The answer of the example. */
const STEPS = [
  'Mail 2 came on 2026-02-28 09:00 UTC from 192.0.2.1.',
  'Its envelope is from eve@example.net to support@helpdesk.example (queue Support).',
  'Its From is eve@example.net, who is not known here.',
  'Its subject is: Smoke',
  'Nothing proves who sent it: its session did not log in.',
  'It was taken for a new request, which opens a ticket (ticket).',
  'It opened ticket 12, which is in queue Support.',
  'The raw mail is not kept: it is too old, or it had a password in it, or there was no room for it.',
]

export default method({
  name: 'why',
  summary: 'Say why a received mail became what it became.',
  description:
    'Each step in words: from where the mail came, who its sender is here, what proves that, what it was taken for and why, and which tickets and letters it led to. The log and mails have the numbers of mails. Who a sender is, and the names of queues, are as they are now.',
  may: 'admin',
  reads: true,
  params: {
    mail: { ...whole('The number of the mail.', 1), slot: '(?:mail[ \\t]+)?#?[0-9]+', fromSlot: numberIn },
  },
  command: 'why <mail>',
  example: {
    command: 'why 2',
    says: STEPS.join('\n'),
    gives: {
      mail: 2,
      received: '2026-02-28T09:00:00.000Z',
      peer: '192.0.2.1',
      envelope_from: 'eve@example.net',
      recipients: ['support@helpdesk.example'],
      from: 'eve@example.net',
      subject: 'Smoke',
      message_id: null,
      verdict: 'ticket',
      reasons: [],
      held_back: [],
      tickets: [12],
      is_raw_kept: false,
      steps: STEPS,
    },
  },
  run: async ({ mail: id }, { tx, tickets }) => {
    const mail = await mailNumbered(tx, id)
    for (const ticket of mail.tickets) tickets.add(ticket)
    return { mail, steps: await mailSteps(tx, mail) }
  },
  says: ({ steps }) => steps.join('\n'),
  gives: resultOf,
  givesSchema: objectOf({
    mail: ID,
    received: INSTANT,
    peer: TEXT,
    envelope_from: TEXT,
    recipients: listOf(TEXT),
    from: orNull(TEXT),
    subject: TEXT,
    message_id: orNull(TEXT),
    verdict: TEXT,
    reasons: listOf(TEXT),
    held_back: listOf(TEXT),
    tickets: listOf(ID),
    is_raw_kept: BOOLEAN,
    steps: listOf(TEXT),
  }),
})

function numberIn(words: string): string {
  return words.replace(/[^0-9]/g, '')
}

function resultOf({ mail, steps }: { readonly mail: Mail; readonly steps: readonly string[] }): object {
  const { id, raw, held_back = [], received, peer, envelope_from, recipients, from } = mail
  const { subject, message_id, verdict, reasons, tickets } = mail
  return {
    mail: id,
    received,
    peer,
    envelope_from,
    recipients,
    from,
    subject,
    message_id,
    verdict,
    reasons,
    held_back,
    tickets,
    is_raw_kept: raw !== null,
    steps,
  }
}
