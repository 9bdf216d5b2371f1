import { Failure } from '../../../../data/failure.ts'
import type { Tx } from '../../../../data/store.ts'
import type { Instant, Mail, User } from '../../../../data/tables.ts'
import type { Answer } from '../../../../handlers/call.ts'
import { type AskOutcome, ask } from '../../../../handlers/confirm/ask.ts'
import { settle } from '../../../../handlers/confirm/confirmation.ts'
import type { LetterCount } from '../../../../handlers/letters/letter_count.ts'
import type { Range } from '../../../net/ip.ts'
import { formerSourceOf } from '../incoming.ts'
import type { AskAct, ConfirmAct } from '../judgement.ts'
import type { Planned } from './plan.ts'

/** The mail whose user is asked. */
export interface AskedMail {
  readonly act: AskAct
  readonly record: Mail
  readonly planned: Planned
  /** The setting smtp.relays. */
  readonly relays: readonly Range[]
}

/** Asks the user, or tells why nothing is done, and notes on the record of the mail which of it. */
export async function recordAsked(
  tx: Tx,
  count: LetterCount,
  now: Instant,
  { act: { user, from }, record, planned: { plan, text }, relays }: AskedMail,
): Promise<AskOutcome> {
  const told = await ask(tx, count, now, {
    user,
    from,
    mail: record,
    text,
    plan,
    sourceOf: formerSourceOf(relays),
  })
  if ('heldBack' in told) await tx.put('mails', { ...record, held_back: [told.heldBack.sentence] })
  else await tx.put('mails', { ...record, reasons: [...record.reasons, reasonOf(told, user)] })
  return told
}

function reasonOf({ letter, refused }: Extract<AskOutcome, { letter: number }>, { username }: User): string {
  return refused === undefined
    ? `letter ${letter} asks ${username} whether to carry it out`
    : `letter ${letter} tells ${username} why it is not carried out: ${refused}`
}

/**
 * Marks the commands that a user has said yes to as answered, whatever came of them. Throws Failure `conflict` if one of them did something
 * else than the letter had promised, so that they are rolled back.
 */
export async function recordConfirmed(
  tx: Tx,
  { confirmation }: ConfirmAct,
  outcome: readonly Answer[] | Failure,
): Promise<void> {
  const found = confirmation && (await tx.get('confirmations', confirmation.id))
  if (found?.state !== 'open') return
  if (outcome instanceof Failure) return settle(tx, found, 'cancelled')
  for (const [at, { promise }] of found.commands.entries()) {
    const says = outcome[at]?.says
    if (promise !== undefined && says !== promise)
      throw new Failure(
        'conflict',
        `Nothing was done, since it would do something else now than our letter said: ${says} To have that done, send the command again.`,
      )
  }
  await settle(tx, found, 'confirmed')
}
