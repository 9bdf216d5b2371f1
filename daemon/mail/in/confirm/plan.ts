// One thing: what a command without proof would do if its user said yes, by a dry run in that user's name.
import { Failure } from '../../../../data/failure.ts'
import { KIB } from '../../../../data/sizes.ts'
import type { Reader } from '../../../../data/store.ts'
import type { AskedCommand, User } from '../../../../data/tables.ts'
import { type Answer, type Command, call, type Options } from '../../../../handlers/call.ts'
import { commandWithBody, dryRunOf, type Said, ticketOf } from '../../../../handlers/command/command.ts'
import { refuseUnknown } from '../../../../handlers/command/unknown_parameter.ts'
import type { AskPlan } from '../../../../handlers/confirm/ask.ts'
import { admitConfirmable } from '../../../../handlers/confirm/confirmable.ts'
import type { Method } from '../../../../handlers/method.ts'
import { DAY_WORDS } from '../../../../handlers/params/until.ts'
import { isDryRun } from '../../../../handlers/ready.ts'
import { sees } from '../../../../handlers/visible.ts'
import { unusedBy } from '../commands/unused.ts'
import type { AskAct } from '../judgement.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'

/** In bytes: the letter shows the whole text, since nobody should say yes to words that they have not seen. */
const LONGEST_TEXT = 8 * KIB
const TOO_LONG = `Its text is longer than ${LONGEST_TEXT} bytes, which is too long to ask about; log in to the mail server of the helpdesk, or reply to a letter about the ticket.`

/** The plan for the letter, and the text that it shows. */
export interface Planned {
  readonly plan: AskPlan
  readonly text: string
}

/** Plans the commands of a mail. A refusal is a plan, too. Throws Failure `full` and `unavailable` as `call` does. */
export async function planOf(
  site: MailSite,
  { said, user }: AskAct,
  mail: Received,
  options: Omit<Options, 'actor' | 'token' | 'onlyTicket'>,
): Promise<Planned> {
  if (said instanceof Failure) return { plan: { refused: said.message }, text: '' }
  const text = textFor(said, mail)
  const files = said.some(({ method }) => method.params.attachments)
    ? mail.attachments.map(({ filename }) => filename)
    : []
  try {
    if (mail.text.file !== undefined || Buffer.byteLength(text) > LONGEST_TEXT)
      return { plan: { refused: TOO_LONG }, text: '' }
    const commands = said.map(one => commandOf(one, text))
    const caller = { ...options, actor: { kind: 'user', user: user.id } as const }
    const rehearsed = await rehearsedAnswers(site, said, commands, caller)
    const named = [
      ...said.flatMap(one => ticketOf(one) ?? []),
      ...rehearsed.flatMap(answer => answer?.would?.tickets ?? []),
    ]
    return {
      plan: {
        commands: commands.map((one, at) => ({ ...one, ...promiseOf(said[at]!, rehearsed[at]) })),
        does: [
          ...said.map((one, at) => doesWhat(one, rehearsed[at])),
          ...lettersOf(rehearsed),
          ...unusedBy({ said }, mail, site.config['limits.attachment']),
        ],
        tickets: await site.store.read(tx => seenBy(tx, user, named)),
        files,
      },
      text,
    }
  } catch (error) {
    if (error instanceof Failure && error.code !== 'full' && error.code !== 'unavailable')
      return { plan: { refused: error.message }, text }
    throw error
  }
}

/** Those of the tickets that exist and that the user sees; one that a command would open does not exist. */
async function seenBy(tx: Reader, user: User, ids: readonly number[]): Promise<number[]> {
  const seen: number[] = []
  for (const id of new Set(ids)) {
    const ticket = await tx.get('tickets', id)
    if (ticket && sees(user, ticket.queue)) seen.push(id)
  }
  return seen
}

/** The text that the commands take: a batch stands in it. */
function textFor(said: readonly Said[], { text: { beginning } }: Received): string {
  const isTaken = said.some(
    ({ command, method }) => command.label !== undefined || bodyOf(method) !== undefined,
  )
  return isTaken ? beginning.trim() : ''
}

function bodyOf({ body, mailBody }: Method): string | undefined {
  return body ?? mailBody
}

/** Throws Failure if a command has an unknown parameter, or needs a better proof. */
function commandOf(said: Said, text: string): AskedCommand {
  const { method, command } = said
  refuseUnknown(method.name, command.params)
  admitConfirmable(method, command.params)
  return command.label === undefined ? commandWithBody(said, text) : command
}

/** The answers to the dry runs of those that change something; undefined for others, whose answers are not for an unproven mail. */
async function rehearsedAnswers(
  { store }: MailSite,
  said: readonly Said[],
  commands: readonly AskedCommand[],
  caller: Options,
): Promise<(Answer | undefined)[]> {
  const real = commands.flatMap((command, at) => {
    const { method } = said[at]!
    return isOnlyTold(said[at]!) ? [] : [dryRun(method, command)]
  })
  const answers = real.length > 0 ? [...(await call(store, real, caller))] : []
  return said.map(one => (isOnlyTold(one) ? undefined : answers.shift()))
}

function dryRun(method: Method, { params, ...command }: AskedCommand): Command {
  return { ...command, ...dryRunOf({ command: { ...command, params }, method }).command }
}

/** Whether a command changes nothing, but is only answered. */
function isOnlyTold({ method, command }: Said): boolean {
  return method.reads === true || isDryRun(method, command.params)
}

function doesWhat({ method, command }: Said, rehearsed: Answer | undefined): string {
  // What an answer shows is for proven mail alone.
  if (rehearsed && !method.again) return rehearsed.would!.says
  return isDryRun(method, command.params)
    ? 'A letter tells you what the command would do. Nothing is changed.'
    : `${method.summary} A letter gives you the answer.`
}

function lettersOf(rehearsed: readonly (Answer | undefined)[]): string[] {
  const heard = [...new Set(rehearsed.flatMap(answer => answer?.would?.heard ?? []))]
  if (rehearsed.every(answer => answer === undefined)) return []
  return [heard.length === 0 ? 'Nobody else gets a letter.' : `Letters go to ${heard.join(', ')}.`]
}

/** What is promised if the words for a day may mean another one later. */
function promiseOf({ method, command }: Said, rehearsed: Answer | undefined): Pick<AskedCommand, 'promise'> {
  const saysDay = Object.keys(command.params).some(name => method.params[name]?.slot === DAY_WORDS.slot)
  return saysDay && rehearsed ? { promise: rehearsed.would!.says } : {}
}
