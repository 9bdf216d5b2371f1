import { beginningOf } from '../../../../data/beginning.ts'
import { Failure } from '../../../../data/failure.ts'
import { VISIBLE } from '../../../../data/invisible.ts'
import type { Tx } from '../../../../data/store.ts'
import type { Followup, Instant, NextCommand } from '../../../../data/tables.ts'
import type { Answer } from '../../../../handlers/call.ts'
import { batchIn } from '../../../../handlers/command/batch.ts'
import { parseCommand, ticketOf } from '../../../../handlers/command/command.ts'
import { NearMiss } from '../../../../handlers/command/near_miss.ts'
import { undoOf } from '../../../../handlers/command/undo.ts'
import { defaultQueue } from '../../../../handlers/queues/default_queue.ts'
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

/** What can be done with a mail whose command was refused: what was meant, and to keep its words. `tickets` are those that it names. */
export async function mending(
  tx: Tx,
  site: MailSite,
  mail: Received,
  act: CommandAct,
  { proof }: Pick<Judgement, 'proof'>,
  tickets: readonly number[],
): Promise<readonly NextCommand[]> {
  const { said, within } = act
  if (!(said instanceof NearMiss)) return noted(tickets[0], wordsLost(act, mail), mail)
  const { below } = said
  const meant = meantBy(said, mail)
  if (within) return [...meant, ...noted(within.ticket.id, below ?? '', mail)]
  if (proof?.link !== undefined) return [...meant, ...noted(proof.ticket, wordsOf(mail), mail)]
  const title = beginningOf(recordedSubject(mail), LONGEST_TITLE)
  if (proof?.ticket !== undefined) {
    const { text, ...part } = textFor(wordsOf(mail), mail)
    const words = text === undefined ? title : `${title}\n\n${text}`
    return [...meant, { does: 'note', line: `note ${proof.ticket}`, ...part, text: words }]
  }
  const queue = await defaultQueue(tx, site.config['mail.queue'])
  return queue
    ? [...meant, { does: 'ticket', line: `create ${queue.slug}: ${title}`, ...textFor(wordsOf(mail), mail) }]
    : meant
}

/** The command that was meant. A part of a batch would do only some of what was meant. */
function meantBy({ mended, below }: NearMiss, mail: Received): NextCommand[] {
  const words = below ?? wordsOf(mail)
  if (mended === undefined || (batchIn(mended) && Buffer.byteLength(words) > LONGEST_TEXT)) return []
  return [{ does: 'mend', line: mended, ...textFor(words, mail) }]
}

/** The words of a mail whose command is refused though it is understood. Those of a batch are commands. */
function wordsLost({ said, within }: CommandAct, mail: Received): string {
  if (said instanceof Failure || said.every(({ method }) => method.reads)) return ''
  if (within) return within.words
  return said.some(({ command }) => command.label !== undefined) ? '' : wordsOf(mail)
}

/** The command that keeps words as a private follow-up. */
function noted(ticket: number | undefined, words: string, mail: Received): NextCommand[] {
  if (ticket === undefined || !VISIBLE.test(words)) return []
  return [{ does: 'note', line: `note ${ticket}`, ...textFor(words, mail) }]
}

/** The ticket that a near miss is about. */
export function ticketMeant(said: Failure): number | undefined {
  const mended = said instanceof NearMiss && said.mended !== undefined ? parseCommand(said.mended) : undefined
  return mended && ticketOf(mended)
}

/** The new words of a mail. */
function wordsOf({ text, newText }: Received): string {
  return (newText ?? text).beginning
}

/** The beginning of words of a mail, and whether the mail has more. */
function textFor(words: string, { attachments }: Received): Pick<NextCommand, 'text' | 'in_part'> {
  const whole = words.trim()
  const beginning = beginningOf(whole, LONGEST_TEXT)
  const isPart = beginning !== whole || attachments.length > 0
  return { ...(beginning === '' ? {} : { text: beginning }), ...(isPart ? { in_part: true } : {}) }
}
