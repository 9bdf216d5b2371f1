// One thing: what is done with a command before its transaction.
import { Failure, shown } from '../data/failure.ts'
import type { Passwords } from '../data/password/password.ts'
import type { Files, Store } from '../data/store.ts'
import type { Letter, Mail, Ticket } from '../data/tables.ts'
import { admitted } from './actor.ts'
import { about, argsOf } from './args.ts'
import type { Command, Options, Unreadable } from './call.ts'
import { eachTicket } from './command/bulk.ts'
import { USUAL_HOURS } from './escalation/hours.ts'
import { methods } from './index.ts'
import type { Kind, Method, ReadPiece } from './method.ts'
import { isYes } from './params/flags.ts'
import { mayBeLong } from './params/kept_text.ts'
import { DRY_RUN } from './precautions.ts'
import type { ParamValue, ParamValues } from './value.ts'

/** In milliseconds: how long pieces of reading keep others waiting. */
const SLICE = 5

/** A command that is ready for its transaction. */
export interface Ready {
  readonly command: Command
  readonly method: Method
  /** Its parameters, for each of the tickets that it names. */
  readonly parts: readonly ParamValues[]
  readonly isDry: boolean
  /** The slow work on values, by parameter, which is done before the transaction; `prepared` has its results. */
  readonly works: ReadonlyMap<string, () => Promise<unknown>>
  readonly prepared: Map<string, unknown>
  /** What the searches of the method found. */
  readonly found: readonly Ticket[]
  readonly foundMails: readonly Mail[]
  readonly foundLetters: readonly Letter[]
  /** What the method has read before the transaction. */
  readonly surveyed: unknown
}

/** Finds the methods of commands, and does their slow work. Throws the Failure of the first command that is refused. */
export async function readied(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  options: Options,
): Promise<readonly Ready[]> {
  const ready = commands.map(command => prepare(store, command, options))
  for (const one of ready) if (one.works.size > 0) await slowValues(store, one, options)
  return Promise.all(ready.map(one => withFound(store, one, options)))
}

/** Searches and reads in transactions of their own; the method looks at what was found again. */
async function withFound(store: Store, ready: Ready, options: Options): Promise<Ready> {
  const { method, parts, prepared } = ready
  const { seeks, seeksMails, seeksLetters } = method
  if (!seeks && !seeksMails && !seeksLetters && !method.surveys) return ready
  const { now, hours = USUAL_HOURS, onlyTicket } = options
  const { actor, args } = await store.read(async tx => {
    const actor = await admitted(tx, options, method)
    return { actor, args: await argsOf(method, parts[0]!, prepared, { tx, actor, onlyTicket }) }
  })
  const tickets = seeks?.(args, { actor, now, hours })
  const mails = seeksMails?.(args)
  const letters = seeksLetters?.(args, { now })
  const found = tickets ? await store.search('tickets', tickets) : []
  return {
    ...ready,
    found,
    foundMails: mails ? await store.search('mails', mails) : [],
    foundLetters: letters ? await store.search('letters', letters) : [],
    surveyed: await method.surveys?.(args, { actor, now, hours, found, read: inPieces(store) }),
  }
}

/** Reads pieces; others get their turn before the first one, and whenever pieces have taken long enough. */
function inPieces(store: Store): ReadPiece {
  let began = Number.NEGATIVE_INFINITY
  return async work => {
    if (performance.now() > began + SLICE) {
      await new Promise(resolve => setImmediate(resolve))
      began = performance.now()
    }
    return store.read(work)
  }
}

function prepare(store: Store, command: Command | Unreadable, { passwords }: Options): Ready {
  if ('refused' in command) throw command.refused
  const { params } = command
  const method = methods.get(command.method)
  if (!method)
    throw new Failure('not_found', `There is no method ${shown(command.method)}; "help" lists the methods.`)
  return {
    command,
    method,
    parts: eachTicket(method, params),
    isDry: isDryRun(method, params),
    works: slowWorks(command, method, store.files, passwords),
    prepared: new Map(),
    found: [],
    foundMails: [],
    foundLetters: [],
    surveyed: undefined,
  }
}

/** Whether a command only asks what it would do. Anything else than yes and no is refused later, with the other parameters. */
export function isDryRun(method: Method, params: ParamValues): boolean {
  return Object.hasOwn(method.params, DRY_RUN) && isYes(params[DRY_RUN])
}

/** Checks the permission first, so that nobody causes slow work without it. The transaction checks it again. */
async function slowValues(store: Store, { method, works, prepared }: Ready, options: Options): Promise<void> {
  await store.read(tx => admitted(tx, options, method))
  for (const [name, work] of works) prepared.set(name, await about(name, work))
}

function slowWorks(
  { params }: Command,
  method: Method,
  files: Files,
  passwords: Passwords | undefined,
): Ready['works'] {
  const works = new Map<string, () => Promise<unknown>>()
  for (const name in params) {
    const kind = Object.hasOwn(method.params, name) ? method.params[name] : undefined
    const work = kind && slowWork(kind, params[name], files, passwords)
    if (work) works.set(name, work)
  }
  return works
}

function slowWork(
  { keep, prepare, read }: Kind<unknown>,
  given: ParamValue | undefined,
  files: Files,
  passwords: Passwords | undefined,
): (() => Promise<unknown>) | undefined {
  if (read && typeof given === 'object' && !(given instanceof Uint8Array)) return () => read(given, files)
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) return undefined
  if (keep && mayBeLong(given)) return () => keep(given, files)
  if (prepare && passwords && typeof given === 'string' && given !== '')
    return () => prepare(given, passwords)
  return undefined
}
