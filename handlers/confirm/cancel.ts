import type { Tx } from '../../data/store.ts'
import type { Confirmation, Instant, Letter } from '../../data/tables.ts'
import { usernameOf } from '../author_word.ts'
import { noticeAdministrators } from '../letters/notices.ts'
import { momentWords } from '../mails/mail_listing.ts'
import { settle } from './confirmation.ts'

/** An answer that is not the yes of the user who was asked. */
export interface Cancelling {
  readonly letter: Letter
  /** Why it is no yes: a clause. */
  readonly why: string
  /** The number of its record, and what is its first line. */
  readonly mail: number
  readonly line: string
}

/**
 * Cancels a command and tells the administrators, and the user who was asked. That happens once for each command, and never more often than
 * users are asked, so it needs no caps.
 */
export async function cancel(
  tx: Tx,
  now: Instant,
  confirmation: Confirmation | undefined,
  cancelling: Cancelling,
): Promise<void> {
  const found = confirmation && (await tx.get('confirmations', confirmation.id))
  if (!found || found.state === 'cancelled' || found.state === 'doubted') return
  const isDone = found.state === 'confirmed'
  await settle(tx, found, isDone ? 'doubted' : 'cancelled')
  const { letter, why } = cancelling
  const username = await usernameOf(tx, found.user)
  const what = letter.answer!.subject
  const outcome = isDone
    ? 'Another answer before it had said yes, so the command had been carried out.'
    : 'So the command is cancelled, and nothing was done.'
  await noticeAdministrators({ tx, now }, 'cancelled', `A command in the name of ${username} is in doubt`, [
    `We asked ${username} whether to carry out a command that a mail without proof had asked for. The answer does not count as a yes: ${why}. ${outcome}`,
    await factsOf(tx, found, cancelling),
    'Somebody may have written in the name of this user. Look at both mails, and ask the user.',
  ])
  await tx.add('letters', {
    event: 'cancelled',
    to: letter.to,
    ticket: null,
    followup: null,
    answer: {
      subject: `Re: ${what}`,
      message_id: null,
      sentences: [
        `The answer to our letter does not count as a yes: ${why}. ${outcome} The administrators have been told.`,
        'If you want it done, send the command again, and reply to the new letter with the word yes in the first line.',
      ],
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
}

/** What was asked for, from where, and what was answered. */
async function factsOf(
  tx: Tx,
  { mail: asking, letter: number, commands, tickets }: Confirmation,
  { mail: answering, line, letter }: Cancelling,
): Promise<string> {
  const asked = await tx.get('mails', asking)
  const answered = await tx.get('mails', answering)
  return [
    `It asked for: ${[...new Set(commands.map(({ method }) => method))].join(', ') || 'see its mail'}`,
    ...(tickets.length > 0 ? [`About ticket: ${tickets.join(', ')}`] : []),
    ...(asked ? [`It came:      ${momentWords(asked.received)} from ${asked.peer} (why ${asking})`] : []),
    `We asked:     ${letter.to} by letter ${number}`,
    ...(answered
      ? [
          `The answer:   ${momentWords(answered.received)} from ${answered.peer} (why ${answering})`,
          `Its From:     ${answered.from ?? 'no usable address'}`,
        ]
      : []),
    `It begins:    ${line === '' ? '(no words)' : line}`,
  ].join('\n')
}
