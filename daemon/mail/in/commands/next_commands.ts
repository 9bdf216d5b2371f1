import { beginningOf } from '../../../../data/beginning.ts'
import type { Tx } from '../../../../data/store.ts'
import type { Followup, Instant, NextCommand, Ticket } from '../../../../data/tables.ts'
import type { Answer } from '../../../../handlers/call.ts'
import { parseCommand, ticketOf } from '../../../../handlers/command/command.ts'
import { NearMiss } from '../../../../handlers/command/near_miss.ts'
import { undoOf } from '../../../../handlers/command/undo.ts'
import { defaultQueue } from '../../../../handlers/queues/default_queue.ts'
import { sees } from '../../../../handlers/visible.ts'
import type { CommandAct, Judgement } from '../judgement.ts'
import type { MailSite } from '../mail_site.ts'
import { type Received, recordedSubject } from '../received/received.ts'

/** How many follow-ups of a ticket one mail can make. */
const MOST_FOLLOWUPS = 20
/** In bytes, of a title, and of a text in a link: mail programs cut longer links. */
const LONGEST_TITLE = 120
const LONGEST_TEXT = 400

/** The commands that take back what a mail has done. */
export async function undoing(
  tx: Tx,
  outcome: readonly Answer[],
  now: Instant,
): Promise<readonly NextCommand[]> {
  const made: Followup[] = []
  for (const ticket of new Set(outcome.flatMap(({ tickets }) => tickets))) {
    const newest = await tx.find('followups', { ticket }, { newest: true, limit: MOST_FOLLOWUPS })
    made.push(...newest.filter(({ date, door }) => date === now && door === 'mail').reverse())
  }
  return (await undoOf(tx, made)).map(line => ({ does: 'undo', line }))
}

/** What can be done with a mail that was nearly a command: what was meant, and to keep its words. */
export async function mending(
  tx: Tx,
  site: MailSite,
  mail: Received,
  { said, within }: CommandAct,
  { proof }: Pick<Judgement, 'proof'>,
): Promise<readonly NextCommand[]> {
  if (!(said instanceof NearMiss) || within) return []
  const { mended } = said
  const meant = mended === undefined ? [] : [{ does: 'mend', line: mended, ...textOf(mail) } as const]
  const title = beginningOf(recordedSubject(mail), LONGEST_TITLE)
  if (proof?.ticket !== undefined) {
    const { text, ...part } = textOf(mail)
    const words = text === undefined ? title : `${title}\n\n${text}`
    return [...meant, { does: 'note', line: `note ${proof.ticket}`, ...part, text: words }]
  }
  const queue = await defaultQueue(tx, site.config['mail.queue'])
  return queue
    ? [...meant, { does: 'ticket', line: `create ${queue.slug}: ${title}`, ...textOf(mail) }]
    : meant
}

/** The ticket that a near miss is about, if the user sees it: its letter can carry a key for it. */
export async function ticketMeant(
  tx: Tx,
  { said, user }: CommandAct,
  { proof }: Pick<Judgement, 'proof'>,
): Promise<Ticket | undefined> {
  const mended = said instanceof NearMiss && said.mended !== undefined ? parseCommand(said.mended) : undefined
  const id = proof?.ticket ?? (mended && ticketOf(mended))
  const ticket = id === undefined ? undefined : await tx.get('tickets', id)
  return ticket && sees(user, ticket.queue) ? ticket : undefined
}

/** The beginning of the new words of a mail. */
function textOf({ text, newText, attachments }: Received): Pick<NextCommand, 'text' | 'in_part'> {
  const whole = (newText ?? text).beginning.trim()
  const beginning = beginningOf(whole, LONGEST_TEXT)
  const isPart = beginning !== whole || attachments.length > 0
  return { ...(beginning === '' ? {} : { text: beginning }), ...(isPart ? { in_part: true } : {}) }
}
