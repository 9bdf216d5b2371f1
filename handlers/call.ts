// One thing: what a call is, and its steps in the order in which they run.
import { Failure, isTemporary } from '../data/failure.ts'
import type { Passwords } from '../data/password/password.ts'
import type { Reader, Store, Tx } from '../data/store.ts'
import type { Attachment, Instant, Ticket } from '../data/tables.ts'
import { admitted, type Caller } from './actor.ts'
import { argsOf } from './args.ts'
import { joinedAnswer } from './command/bulk.ts'
import { refusedLine } from './command/refused_line.ts'
import { type Hours, USUAL_HOURS } from './escalation/hours.ts'
import { known, type OnceKey, remember } from './idempotency.ts'
import { methods } from './index.ts'
import { unwrittenTo } from './letters/failing_addresses.ts'
import type { GatheredLetters } from './letters/gathered.ts'
import type { LetterCaps } from './letters/letter_caps.ts'
import { LetterCount } from './letters/letter_count.ts'
import type { Actor, Call, Gives, Method, NotWritten } from './method.ts'
import { checkVersion, EXPECT } from './precautions.ts'
import { isDryRun, type Ready, readied } from './ready.ts'
import { recordDryRun, recordRefusal } from './record_call.ts'
import { rehearse, rehearsed } from './rehearse.ts'
import type { ParamValues } from './value.ts'

export interface Command {
  readonly method: string
  readonly params: ParamValues
  /** A repeat under this key, while it is kept, gets the first answer and changes nothing. */
  readonly once?: OnceKey
  /** Of one among several: begins the sentence that refuses it, as in "Line 3". */
  readonly label?: string
}
/** A mistyped command: it is refused and recorded like a command. */
export interface Unreadable {
  readonly refused: Failure
  readonly once?: OnceKey
}
export interface Answer {
  /** The sentence for a person, the same at every door. */
  readonly says: string
  /** The result for a program. */
  readonly gives: Gives
  /** What a repeat gets, if that is not the same. */
  readonly again?: Pick<Answer, 'says' | 'gives'>
  /** The file that a program gets instead of `gives`. */
  readonly sends?: Attachment
  /** The tickets that it has changed or shown. */
  readonly tickets: readonly number[]
  /** The addresses that get a letter. */
  readonly heard: readonly string[]
  /** The letters that are not written. */
  readonly heldBack: readonly NotWritten[]
  /** Of a dry run: what the call would do, as a sentence, and the tickets that it would change. */
  readonly would?: Pick<Answer, 'says' | 'tickets' | 'heard'>
}
/** The caller, and what the door adds. The user and the token are loaded again when the call runs. */
export interface Options extends Caller {
  readonly messageId?: string | null
  /** What the text of the mail of this call was made from, if something was converted or taken off. */
  readonly original?: Attachment | undefined
  /** The mail of this call has no new words; false by default. */
  readonly isNothingNew?: boolean
  /** The mail reopens nothing: it only says thanks, or its sender is no party to the ticket. */
  readonly keepsStatus?: boolean
  /** The sender of this call's mail gets no acknowledgement of a new ticket; false by default. */
  readonly isUnacknowledged?: boolean
  /** Throws Failure `full` if the disk has too little room. Called only if a command needs room. */
  readonly room?: () => Promise<void>
  /** How many bytes the attachments of one ticket may have together; unlimited by default. */
  readonly ticketBytes?: number
  /** The hour and the zone of queues that have none of their own; nine o'clock in the zone of this machine by default. */
  readonly hours?: Hours
  /** The sender network whose share its files count towards; undefined for a proven sender. */
  readonly network?: string | undefined
  /** How many helpdesk letters led to the mail of this call; 0 by default. */
  readonly hops?: number
  /** Hashes new passwords; needed at a door that can set passwords. */
  readonly passwords?: Passwords
  /** The caps on letters; without them, no letter is held back. */
  readonly letters?: LetterCaps
  /** The mailboxes in To and Cc of the mail of this call, who have it already; none by default. */
  readonly alreadyHave?: readonly string[]
  /** Those of the addresses there who may become watchers of its ticket; none by default. */
  readonly joining?: readonly string[]
  /** The mail has the mark of a letter about its ticket. */
  readonly hasMark?: boolean
  /** The letters of the run that the call belongs to; without it, each has one recipient and one ticket. */
  readonly gathered?: GatheredLetters
  /** The source of the mail of this call; the caps are shared fairly among sources. */
  readonly sender?: string
  /** Writes records that the commands depend on, before them and in the same commit. */
  readonly before?: (tx: Tx) => Promise<void>
  /** Puts the door's own records into the same commit. Not called for a repeat. A dry run is rolled back before. */
  readonly also?: (tx: Tx, answers: readonly Answer[]) => Promise<void>
  /**
   * Records a permanent refusal, in a separate commit. Not called for a repeat. Without it, the refusal is not remembered under the
   * commands' keys either, and the same call can be made again.
   */
  readonly alsoRefused?: (tx: Tx, refusal: Failure) => Promise<void>
}

/**
 * The only way in: runs all commands or none, in one commit. Gives an answer for each once the commit is durable. Throws the Failure of
 * the first refused command, or Failure `full` or `unavailable` from the store or from `room`.
 */
export async function call(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  options: Options,
): Promise<readonly Answer[]> {
  try {
    if (needRoom(commands)) await options.room?.()
    return await commit(store, await readied(store, commands, options), options)
  } catch (error) {
    const { alsoRefused, now } = options
    if (error instanceof Failure && !isTemporary(error) && alsoRefused)
      await recordRefusal(store, commands, now, error, alsoRefused)
    throw error
  }
}

/** Whether one of the commands needs room on the disk. A mistyped command does, for the record of its refusal. */
export function needRoom(commands: readonly (Command | Unreadable)[]): boolean {
  return commands.some(command => {
    if ('refused' in command) return true
    const method = methods.get(command.method)
    return !method || !(method.reads || method.frees || isDryRun(method, command.params))
  })
}

async function commit(store: Store, ready: readonly Ready[], options: Options): Promise<readonly Answer[]> {
  const { letters: caps, sender = '', now } = options
  const letters = caps && new LetterCount(caps, sender, now)
  const work = async (tx: Tx) => {
    letters?.undo()
    await options.before?.(tx)
    const answers: Answer[] = []
    let repeats = 0
    for (const one of ready)
      await labelled(one.command, async () => {
        const actor = await admitted(tx, options, one.method)
        const first = await firstAnswer(tx, one.command, now)
        if (first) repeats++
        answers.push(first ?? (await runAll(tx, one, actor, options, letters)))
      })
    return { answers, isNew: repeats < ready.length || repeats === 0 }
  }
  try {
    if (ready.some(({ isDry }) => isDry)) {
      const { answers, isNew } = await rehearse(store, work)
      letters?.undo()
      return isNew ? await recordDryRun(store, ready, answers.map(rehearsed), options) : answers
    }
    return await store.transact(async tx => {
      const { answers, isNew } = await work(tx)
      if (isNew) await options.also?.(tx, answers)
      return answers
    })
  } catch (error) {
    letters?.undo()
    throw error
  }
}

/** The refusal of one command among several says which one it is, and that none of them was carried out. */
async function labelled<R>({ label }: Command, work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    if (label === undefined || !(error instanceof Failure) || isTemporary(error)) throw error
    throw refusedLine(label, error.message, error)
  }
}

/** Runs a command once for each ticket that it names, and keeps its answer under its key. */
async function runAll(
  tx: Tx,
  ready: Ready,
  actor: Actor,
  options: Options,
  letters: LetterCount | undefined,
): Promise<Answer> {
  const { command, method, parts } = ready
  const answers: Answer[] = []
  let secret: string | undefined
  for (const params of parts) {
    const { result, answer } = await run(tx, ready, params, actor, options, letters)
    answers.push(answer)
    secret = method.toldOnce?.(result)
  }
  const answer = joinedAnswer(answers)
  if (command.once) {
    const { says, gives } = answer.again ?? answer
    // A method that only reads can run again, and its answer may be long, so only the key is kept.
    const told = method.reads ? { says: '', gives: '' } : { says, gives }
    await remember(tx, command.once, options.now, secret ? new Failure('conflict', secret) : told)
  }
  return answer
}

async function firstAnswer(tx: Reader, { once }: Command, now: Instant): Promise<Answer | undefined> {
  const first = once && (await known(tx, once, now))
  if (first instanceof Failure) throw first
  return first && { ...first, tickets: [], heard: [], heldBack: [] }
}

async function run(
  tx: Tx,
  { method, prepared, found, foundMails, foundLetters, surveyed }: Ready,
  params: ParamValues,
  actor: Actor,
  options: Options,
  letters: LetterCount | undefined,
): Promise<{ result: unknown; answer: Answer }> {
  const {
    door,
    now,
    messageId = null,
    original,
    isNothingNew = false,
    keepsStatus = false,
    isUnacknowledged = false,
    ticketBytes = Number.POSITIVE_INFINITY,
    hours = USUAL_HOURS,
    network,
    hops = 0,
    alreadyHave = [],
    joining = [],
    hasMark = false,
    gathered,
  } = options
  const tickets = new Set<number>()
  const heard = new Set<string>()
  const heldBack: NotWritten[] = []
  const context: Call = {
    tx,
    now,
    actor,
    token: options.token,
    onlyTicket: options.onlyTicket,
    door,
    messageId,
    original,
    isNothingNew,
    keepsStatus,
    isUnacknowledged,
    ticketBytes,
    hours,
    network,
    hops,
    alreadyHave,
    joining,
    hasMark,
    letters,
    gathered,
    found,
    foundMails,
    foundLetters,
    tickets,
    heard,
    heldBack,
  }
  const args = await argsOf(method, params, prepared, context)
  if (typeof args[EXPECT] === 'number') checkVersion(args.ticket as Ticket, args[EXPECT])
  // `change` adds the tickets of the other methods.
  if (method.reads) for (const id of ticketsIn(method, args)) tickets.add(id)
  const result = await method.run(args, context, surveyed)
  const told = (shown: unknown) => {
    const says = [method.says(shown, args), ...unwrittenTo(heldBack)].join('\n')
    return { says, gives: method.gives ? method.gives(shown) : says }
  }
  const again = method.again && { again: told(method.again(result)) }
  const answer = { ...told(result), ...again, tickets: [...tickets], heard: [...heard], heldBack }
  return { result, answer: method.sends ? { ...answer, sends: method.sends(result) } : answer }
}

/** The ticket that the parameters name, if they name one. */
function ticketsIn({ params }: Pick<Method, 'params'>, args: Readonly<Record<string, unknown>>): number[] {
  const named = Object.keys(params).filter(name => params[name]!.namesTicket && args[name] !== undefined)
  return named.map(name => (args[name] as Ticket).id)
}
