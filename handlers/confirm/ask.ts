// One thing: the letter about a command without proof, which asks its user or tells why it is not carried out.
import { mailbox } from '../../data/address.ts'
import { beginningOf } from '../../data/beginning.ts'
import type { Tx } from '../../data/store.ts'
import type { AskedCommand, AskingNotice, Instant, Mail, RefusingNotice, User } from '../../data/tables.ts'
import { reachedOf } from '../letters/failing_addresses.ts'
import { noticeHeldBack } from '../letters/held_back.ts'
import type { LetterCount } from '../letters/letter_count.ts'
import type { NotWritten } from '../method.ts'
import { expiryOf, openOf, settle } from './confirmation.ts'
import { type FreePlace, MOST_OPEN, placeAmong, type WaitingCommand } from './place.ts'

/** In bytes, of the command in the subject of the letter. */
const LONGEST_SUBJECT = 200
/** Where the words of a command begin, which only the text of the letter has: deleting and redacting a ticket remove them there. */
const WORDS = /[:=]/

/** What becomes of the commands: they can be carried out, with the sentences that say what they will do; or they cannot. */
export type AskPlan =
  | {
      readonly commands: readonly AskedCommand[]
      readonly does: readonly string[]
      readonly tickets: readonly number[]
      /** The names of the files of the mail, which do not go along. */
      readonly files: readonly string[]
    }
  | { readonly refused: string }

/** A mail that has commands without proof. */
export interface AskingMail {
  readonly user: User
  /** The address in its From, which is one of that user's. */
  readonly from: string
  readonly mail: Mail
  /** The text that its command takes; empty if it takes none. */
  readonly text: string
  readonly plan: AskPlan
  /** The source of a received mail: its login or its sender network. */
  sourceOf(mail: Mail): string
}

/** The number of the letter, and why it does not ask; or why there is none. */
export type AskOutcome =
  | { readonly letter: number; readonly refused?: string }
  | { readonly heldBack: NotWritten }

/**
 * Writes the letter to an address of the user, unless the caps hold it back; and keeps the commands, if there are not too many yet.
 * Gives the letter, and why it does not ask, or why there is none.
 */
export async function ask(tx: Tx, count: LetterCount, now: Instant, asking: AskingMail): Promise<AskOutcome> {
  const { user, from, mail } = asking
  const own = user.addresses.filter(address => address === mailbox(from))
  const to = await reachedOf(tx, [...own, ...user.addresses])
  if (to === undefined)
    return {
      heldBack: {
        cap: 'failing',
        sentence: `No letter to ${user.username} about the command in mail ${mail.id}: letters do not arrive.`,
      },
    }
  const held = count.caps.heldBack({ claim: to }, Date.parse(now))
  if (held)
    return {
      heldBack: await noticeHeldBack({ tx, now }, count, { to, about: { mail: mail.id }, limit: held }),
    }
  count.count({ claim: to })
  const place = await placeFor(tx, now, asking)
  const isLeftOut = place.isFull && 'commands' in asking.plan
  const plan = isLeftOut ? { refused: TOO_MANY } : asking.plan
  const isAsked = 'commands' in plan
  const { id: letter } = await tx.add('letters', {
    event: 'unconfirmed',
    to,
    ticket: null,
    followup: null,
    answer: null,
    notice: noticeOf(asking, isLeftOut ? { waiting: MOST_OPEN } : asking.plan),
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
  if (isAsked && !place.isFull && place.goes) await settle(tx, place.goes, 'displaced')
  if (isAsked)
    await tx.add('confirmations', {
      user: user.id,
      commands: plan.commands,
      tickets: plan.tickets,
      mail: mail.id,
      letter,
      created: now,
      expires: expiryOf(now),
      state: 'open',
    })
  return isAsked ? { letter } : { letter, refused: plan.refused }
}

const TOO_MANY = `${MOST_OPEN} commands in your name are already waiting for your answer.`

async function placeFor(tx: Tx, now: Instant, { user, mail, sourceOf }: AskingMail): Promise<FreePlace> {
  const waiting: WaitingCommand[] = []
  for (const confirmation of await openOf(tx, user.id, now)) {
    const asked = await tx.get('mails', confirmation.mail)
    waiting.push({ confirmation, source: asked ? sourceOf(asked) : '' })
  }
  return placeAmong(waiting, sourceOf(mail))
}

function noticeOf(
  { text, mail: { id: mail, subject } }: AskingMail,
  plan: AskPlan | { readonly waiting: number },
): AskingNotice | RefusingNotice {
  const command = { subject, text, mail }
  if ('waiting' in plan) return { is: 'refusing', ...command, why: plan }
  if ('refused' in plan) return { is: 'refusing', ...command, why: plan.refused }
  const { does, tickets, files } = plan
  return { is: 'asking', ...command, does, tickets, files }
}

/** The command of a mail, as the subject of a letter about it has it. */
export function shortCommand(subject: string): string {
  return beginningOf(subject.split(WORDS, 1)[0]!.trim(), LONGEST_SUBJECT)
}
