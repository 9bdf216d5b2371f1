import type { Tx } from '../../data/store.ts'
import type { Confirmation, Instant, Letter, NotYes } from '../../data/tables.ts'
import { usernameOf } from '../author_word.ts'
import { noticeAdministrators } from '../letters/notices.ts'
import { shortCommand } from './ask.ts'
import { settle } from './confirmation.ts'

const BEFORE = 'Confirm: '

/** An answer that is not the yes of the user who was asked. */
export interface Cancelling {
  readonly letter: Letter
  readonly why: NotYes
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
  const { letter, why, mail, line } = cancelling
  const facts = { why, is_done: isDone, tickets: found.tickets }
  await noticeAdministrators({ tx, now }, 'cancelled', {
    is: 'doubt',
    ...facts,
    username: await usernameOf(tx, found.user),
    methods: [...new Set(found.commands.map(({ method }) => method))],
    asking: found.mail,
    answering: mail,
    letter: letter.id,
    line,
  })
  await tx.add('letters', {
    event: 'cancelled',
    to: letter.to,
    ticket: null,
    followup: null,
    answer: null,
    notice: { is: 'no_yes', ...facts, command: commandOf(letter) },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
}

/** The command that a letter asks about, as its subject has it. Those of earlier versions have a subject in place of the facts. */
function commandOf({ notice, answer }: Letter): string {
  if (notice && 'subject' in notice) return shortCommand(notice.subject)
  return answer?.subject.slice(BEFORE.length) ?? ''
}
