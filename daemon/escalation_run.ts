import { setImmediate as turn } from 'node:timers/promises'
import { Failure, isTemporary } from '../data/failure.ts'
import type { Reader, Store } from '../data/store.ts'
import type { Queue, Ticket } from '../data/tables.ts'
import { call, type Options } from '../handlers/call.ts'
import type { Hours } from '../handlers/escalation/hours.ts'
import { isDue, ruleOf, stepOf } from '../handlers/escalation/looked_up.ts'
import type { Rule } from '../handlers/escalation/next_step.ts'
import { GatheredLetters, release } from '../handlers/letters/gathered.ts'

/** How many tickets, and for how many milliseconds, one transaction reads, and how many letters one writes. */
const AT_ONCE = 20
const LONGEST = 3
/** After so many steps that failed, a run ends: the tickets are not to blame. */
const MOST_FAILED = 20

export interface RunSite {
  readonly store: Store
  readonly hours: Hours
  readonly letters?: Options['letters']
  /** Throws Failure `full` if the disk has too little room. */
  readonly room?: Options['room']
  /** Hears of the step of a ticket that failed; the other tickets still take theirs. */
  readonly failed: (ticket: number, error: unknown) => void
}

/**
 * Takes the steps that are due in these queues, each in a commit of its own, and with one letter for each recipient. `now` gives the time
 * in milliseconds since 1970; a run may take long. Gives how many there were. Stops when `ended` is aborted. Throws Failure `full` or
 * `unavailable`, and what the store throws.
 */
export async function runEscalations(
  site: RunSite,
  queues: readonly Queue[],
  now: () => number,
  ended?: AbortSignal,
): Promise<number> {
  const { store, hours } = site
  const run: Run = { ...site, gathered: new GatheredLetters(), now, failures: 0 }
  const rules = await store.read(tx => rulesOf(tx, queues, hours))
  let steps = 0
  let behind: { after?: number } = {}
  try {
    for (let isOver = false; !isOver && !ended?.aborted; ) {
      const page = await store.read(tx => dueAfter(tx, rules, behind, now()))
      for (const ticket of page.due) if (!ended?.aborted && (await isTaken(run, ticket))) steps++
      isOver = page.last === undefined
      if (page.last !== undefined) behind = { after: page.last }
      await turn()
    }
  } finally {
    await releaseAll(run)
  }
  return steps
}

async function rulesOf(
  tx: Reader,
  queues: readonly Queue[],
  hours: Hours,
): Promise<ReadonlyMap<number, Rule>> {
  const rules = new Map<number, Rule>()
  for (const queue of queues) rules.set(queue.id, await ruleOf(tx, queue, hours))
  return rules
}

/** The tickets among the next few for which a step is due, and the last one looked at; undefined if that was the last of all. */
async function dueAfter(
  tx: Reader,
  rules: ReadonlyMap<number, Rule>,
  behind: { readonly after?: number },
  now: number,
): Promise<{ readonly due: readonly number[]; readonly last: number | undefined }> {
  const started = performance.now()
  const page = await tx.find('tickets', {}, { ...behind, limit: AT_ONCE })
  const due: number[] = []
  for (const ticket of page) {
    const rule = rules.get(ticket.queue)
    if (rule && (await mayBeDue(tx, ticket, rule, now))) due.push(ticket.id)
    if (performance.now() > started + LONGEST) return { due, last: ticket.id }
  }
  return { due, last: page.length < AT_ONCE ? undefined : page.at(-1)!.id }
}

/** Whether a step is due for a ticket. If that cannot be told, its step fails, too, which is reported. */
async function mayBeDue(tx: Reader, ticket: Ticket, rule: Rule, now: number): Promise<boolean> {
  try {
    return isDue(await stepOf(tx, ticket, rule, now), now)
  } catch {
    return true
  }
}

interface Run extends RunSite {
  readonly gathered: GatheredLetters
  readonly now: () => number
  failures: number
}

/** Takes the step of a ticket if it is still due. */
async function isTaken(run: Run, ticket: number): Promise<boolean> {
  const { store, hours, letters, room, gathered, now, failed } = run
  try {
    const [done] = await call(store, [{ method: 'escalate', params: { ticket } }], {
      actor: { kind: 'daemon' },
      door: 'daemon',
      now: new Date(now()).toISOString(),
      hours,
      gathered,
      ...(letters ? { letters } : {}),
      ...(room ? { room } : {}),
    })
    return done!.tickets.length > 0
  } catch (error) {
    // It was deleted meanwhile.
    if (error instanceof Failure && error.code === 'not_found') return false
    const isAboutStore = error instanceof Failure && isTemporary(error)
    if (isAboutStore || run.failures === MOST_FAILED) throw error
    run.failures++
    failed(ticket, error)
    return false
  }
}

async function releaseAll({ store, gathered, now }: Run): Promise<void> {
  const numbers = gathered.numbers
  for (let at = 0; at < numbers.length; at += AT_ONCE)
    await store.transact(tx => release(tx, numbers.slice(at, at + AT_ONCE), new Date(now()).toISOString()))
}
