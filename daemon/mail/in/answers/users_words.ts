import type { Failure } from '../../../../data/failure.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Queue } from '../../../../data/tables.ts'
import type { SlashCommands } from '../../../../handlers/command/slash.ts'
import { slashOfMail } from '../commands/text_commands.ts'
import { type AgentsForward, agentsForwardOf } from '../forwards/agents_forward.ts'
import { CONSEQUENCES } from '../kind.ts'
import type { SeenMail } from '../mail_facts.ts'
import type { MailSite } from '../mail_site.ts'
import type { MailWriter } from '../mail_writer.ts'
import { type ProvenBy, tokenOf } from '../proofs/proof.ts'
import { type Thread, tagsIn } from '../thread.ts'
import { type AgentsAnswer, agentsAnswerOf } from './agents_answer.ts'
import { unfitOf } from './unfit.ts'

/** What a mail is as that of a user. */
export interface UsersWords {
  /** Why what it says must not go to the submitter. */
  readonly unfit: string | undefined
  /** What it is in its thread, if a person has written it who is proven to be an agent. */
  readonly answer: AgentsAnswer | undefined
  /** The commands at the top of such an answer, or why a line there is none. */
  readonly slash: SlashCommands | Failure | undefined
  /** Whether nothing says for sure that it is about the ticket of its thread. */
  readonly isInDoubt: boolean
  /** What it is if it belongs to no ticket, and a person has written it who is proven to be an agent and forwards it for somebody else. */
  readonly forward: AgentsForward | undefined
}

interface Writing extends Pick<MailWriter, 'kind' | 'named'> {
  readonly thread: Thread | undefined
  readonly proof: ProvenBy | undefined
  /** Where it goes without a thread. */
  readonly queues: readonly Queue[]
}

const NOTHING = { answer: undefined, slash: undefined, isInDoubt: false, forward: undefined }

/** Finds out what a mail is as that of a user: the one that it names, or the one that it is proven to be from. */
export async function usersWordsOf(
  tx: Reader,
  site: MailSite,
  { incoming, mail, said: { signs } }: SeenMail,
  { kind, named, thread, proof, queues }: Writing,
): Promise<UsersWords> {
  const unfit = named || proof ? unfitOf(mail) : undefined
  const isAgents = proof && named?.id === proof.user.id && CONSEQUENCES[kind.kind].isPersons
  if (!isAgents) return { ...NOTHING, unfit }
  const token = tokenOf(proof, incoming)
  if (!thread)
    return { ...NOTHING, unfit, forward: await agentsForwardOf(tx, site, mail, { proof, token, queues }) }
  const slash = slashOfMail(mail, thread.ticket.id)
  const commands = slash !== undefined
  const answer = await agentsAnswerOf(tx, site, mail, { thread, signs, proof, token, commands, unfit })
  return {
    ...NOTHING,
    unfit,
    answer,
    slash: answer?.isInName ? slash : undefined,
    isInDoubt: answer?.since !== undefined && !tagsIn(mail.subject).includes(thread.ticket.id),
  }
}
