// One thing: what the call of a mail has besides its commands: in whose name it is, and what is known of the mail.
import { mailbox } from '../../../data/address.ts'
import type { Tx } from '../../../data/store.ts'
import type { Author, User } from '../../../data/tables.ts'
import type { Options } from '../../../handlers/call.ts'
import { refuseClosed } from '../../../handlers/confirm/confirmation.ts'
import { clearFailures, failingAt } from '../../../handlers/letters/failing_addresses.ts'
import { isUnconfirmed } from '../../../handlers/tickets/watchers.ts'
import { hoursIn } from '../../config/hours.ts'
import type { Room } from '../../disk_space.ts'
import { refuseChanged } from './answers/told.ts'
import { type Incoming, sourceOf } from './incoming.ts'
import type { Act, FollowupAct, Judgement } from './judgement.ts'
import { CONSEQUENCES } from './kind.ts'
import { hopsIn } from './loops.ts'
import type { MailSite } from './mail_site.ts'
import { isThanks } from './marks/thanks.ts'
import { tokenOf } from './proofs/proof.ts'
import { isNothingNew, type Received } from './received/received.ts'

/** What these mails do is done by methods that the daemon alone may call. */
const FOR_DAEMON: readonly Act['kind'][] = ['report', 'status', 'stop', 'choice']

/** What the call of a mail has, whether or not anything is to be recorded. */
export function callOf(
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
): Omit<Options, 'now' | 'original' | 'ticketBytes'> {
  const { act } = judgement
  const user = userOf(act)
  return {
    actor: mailActor(judgement),
    door: FOR_DAEMON.includes(act.kind) ? 'daemon' : 'mail',
    messageId: mail.messageId,
    isUnacknowledged: !judgement.isAcknowledged,
    isNothingNew: ['followup', 'stop', 'choice'].includes(act.kind) && isNothingNew(mail),
    keepsStatus: act.kind === 'followup' && reopensNothing(act, mail),
    token: user ? tokenOf(judgement.proof, incoming) : undefined,
    onlyTicket: user ? judgement.proof?.ticket : undefined,
    room: roomFor(site, incoming),
    network: incoming.network,
    hops: hopsIn(mail.headers),
    // The letters about a command say more than its mail.
    alreadyHave: ['command', 'ask', 'confirm'].includes(act.kind)
      ? []
      : [...mail.to, ...mail.cc].map(mailbox),
    joining: judgement.joining,
    hasMark: act.kind === 'followup' && act.by === 'mark',
    letters: site.letters,
    hours: hoursIn(site.config),
    sender: sourceOf(incoming),
    before: async tx => {
      if (act.kind === 'followup' && act.answer) await refuseChanged(tx, act.ticket, act.answer)
      if (act.kind === 'command' && act.within) await refuseChanged(tx, act.within.ticket, act.within)
      if (act.kind === 'confirm') await refuseClosed(tx, act.confirmation, new Date().toISOString())
      await heardFrom(tx, mail, judgement)
    },
  }
}

/** The actor: the proven user in whose name the mail does something, else the author that it names. */
function mailActor({ act, author: { address, name }, kind, proven }: Judgement): Author {
  const user = userOf(act)
  if (user) return { kind: 'user', user: user.id }
  return {
    kind: 'submitter',
    address,
    ...(name === '' ? {} : { name }),
    automatic: !CONSEQUENCES[kind].isPersons,
    ...(proven === undefined ? {} : { proven }),
  }
}

/** The user in whose name the mail does something. */
export function userOf(act: Act): User | undefined {
  if (act.kind === 'command' || act.kind === 'confirm') return act.user
  if (act.kind === 'ticket') return act.forward?.original && act.forward.user
  return act.kind === 'followup' && act.answer?.isInName ? act.answer.user : undefined
}

/** What a stranger or an unconfirmed watcher writes, and a lone thank-you. */
function reopensNothing({ party, ticket }: FollowupAct, mail: Received): boolean {
  const { address } = mail.from
  const isUnasked = address !== null && isUnconfirmed(ticket, address)
  return party === 'stranger' || isUnasked || saysThanks(mail)
}

function saysThanks({ text, attachments }: Received): boolean {
  return attachments.length === 0 && isThanks(text.beginning)
}

/**
 * An address that somebody writes from gets letters again, even if others did not arrive; not if nothing is done for the mail. After a
 * complaint, only the mark of a letter shows that its reader writes.
 */
export async function heardFrom(tx: Tx, { from }: Received, { kind, act }: Judgement): Promise<void> {
  if (from.address === null || kind === 'report' || kind === 'auto_reply' || act.kind === 'nothing') return
  const hasMark = act.kind === 'followup' && act.by === 'mark'
  const failing = await failingAt(tx, from.address)
  if (hasMark || !failing?.complained) await clearFailures(tx, from.address)
}

/** The room that a mail needs: unproven mail leaves more free. */
export function roomFor({ room, outsidersRoom }: MailSite, { network }: Incoming): Room {
  return network === undefined ? room : outsidersRoom
}
