import type { Reader } from '../../../../data/store.ts'
import type { User } from '../../../../data/tables.ts'
import { tokenAllows } from '../../../../handlers/actor.ts'
import { audienceOf } from '../../../../handlers/letters/answer_audience.ts'
import { sees } from '../../../../handlers/visible.ts'
import type { LetterSigns } from '../letter_signs.ts'
import type { MailSite } from '../mail_site.ts'
import { covers, type ProvenBy } from '../proofs/proof.ts'
import type { Received } from '../received/received.ts'
import type { Thread } from '../thread.ts'
import { letterAnswered } from './letter_answered.ts'
import { mailedSubmitter } from './mailed_submitter.ts'
import { QUOTES } from './unfit.ts'

/** The method that adds an answer to its ticket. */
const METHOD = 'add_followup'
const UNCLEAR = 'nothing says for sure which letter it answers'

/** What a proven agent writes about a ticket. */
export interface AgentsAnswer {
  readonly user: User
  /** Whether it is in the name of that user; else the user may not write there and is only the sender of a mail. */
  readonly isInName: boolean
  /** The letter that it answers, and whether it goes to the submitter and the watchers. */
  readonly letter: number | undefined
  readonly public: boolean
  /** The address of the submitter, if the agent has mailed it there, too, so that it is public whatever it answers. */
  readonly mailedTo?: string
  /** Why it is private though the agent may expect otherwise: a clause. */
  readonly since: string | undefined
}
interface Writer {
  readonly thread: Thread
  readonly signs: LetterSigns
  readonly proof: ProvenBy
  readonly token: number | undefined
  /** Whether commands, or what seems to be some, stand at the top. */
  readonly commands: boolean
  /** Why it must not go to the submitter. */
  readonly unfit: string | undefined
}

/**
 * What the mail of a proven agent is in its thread; undefined if the agent is the submitter of the ticket, and writes as that: without
 * commands, or where the agent may not give any.
 */
export async function agentsAnswerOf(
  tx: Reader,
  site: MailSite,
  mail: Pick<Received, 'headers' | 'subject' | 'to' | 'cc' | 'newText' | 'text'>,
  { thread, signs, proof, token, commands, unfit }: Writer,
): Promise<AgentsAnswer | undefined> {
  const { user } = proof
  const { ticket, party } = thread
  // What is proven is a command, and never an answer.
  if (proof.link !== undefined) return undefined
  const none = { user, isInName: false, letter: undefined, public: false, since: undefined }
  if (party === 'submitter') {
    const isHeard = commands && sees(user, ticket.queue) && covers(proof, ticket.id)
    return isHeard && (await tokenAllows(tx, token, METHOD))
      ? { ...none, isInName: true, public: true }
      : undefined
  }
  if (!sees(user, ticket.queue)) {
    const since = `${user.username} does not see the queue of ticket ${ticket.id}`
    return party === 'watcher' ? none : { ...none, since }
  }
  if (!covers(proof, ticket.id)) return { ...none, since: 'what proves it is about another ticket' }
  if (!(await tokenAllows(tx, token, METHOD))) return { ...none, since: `its token cannot call ${METHOD}` }
  const answer = await letterAnswer(tx, site, mail, { thread, signs, proof })
  const mailed = answer.public ? undefined : await mailedSubmitter(tx, site, mail, signs, thread, proof)
  if (mailed && 'since' in mailed) return { ...answer, since: mailed.since }
  const open = mailed ? { ...answer, public: true, since: undefined, mailedTo: mailed.address } : answer
  const since = unfit ?? (isEndUnknown(mail) ? QUOTES : undefined)
  return open.public && since !== undefined ? { ...answer, public: false, since } : open
}

/** What it is as an answer to one of our letters. */
async function letterAnswer(
  tx: Reader,
  site: MailSite,
  mail: Pick<Received, 'headers' | 'subject' | 'to' | 'cc'>,
  { thread, signs, proof: { user } }: Pick<Writer, 'thread' | 'signs' | 'proof'>,
): Promise<AgentsAnswer> {
  const number = await letterAnswered(tx, site, mail, signs, thread)
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  const written = { user, isInName: true, letter: number, public: false }
  if (!letter) return { ...written, since: UNCLEAR }
  const audience = await audienceOf(tx, letter)
  if (audience.is === 'private') return { ...written, since: audience.since }
  if (audience.ticket.id !== thread.ticket.id) return { ...written, since: UNCLEAR }
  return { ...written, public: true, since: undefined }
}

/** Whether only the beginning of a text is known that may end in a quote. */
function isEndUnknown({ newText, text: { file } }: Pick<Received, 'newText' | 'text'>): boolean {
  return newText === undefined && file !== undefined
}
