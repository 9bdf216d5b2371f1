import type { Reader } from '../../data/store.ts'
import type { Followup, Queue, Ticket } from '../../data/tables.ts'
import { calendarOf } from './calendar.ts'
import { type DueStep, dueStep } from './due_step.ts'
import { type History, historyOf, isProgress, type Read } from './history.ts'
import { type Hours, hoursOf, zoneOf } from './hours.ts'
import { nextStep, type Rule, type Step } from './next_step.ts'

/** How many follow-ups are read at a time, and in all. After so many since the last progress, the oldest of them counts as progress. */
const AT_ONCE = 50
const MOST_READ = 1000

/** The rule for the tickets of a queue. */
export async function ruleOf(tx: Reader, queue: Queue, usual: Hours): Promise<Rule> {
  return {
    days: queue.escalate_days,
    calendar: calendarOf(await tx.find('exclusions', {}), queue.id),
    zone: zoneOf(queue, usual),
    at: hoursOf(queue, usual).at,
  }
}

/** What happens next to a ticket by itself: the step of its escalation or its hold, and the reminder of its due date. */
export interface Next {
  readonly step: Step
  readonly history: History
  readonly due: DueStep | undefined
}

/** What happens next to a ticket by the rule of its queue. `now` is in milliseconds since 1970. */
export async function stepOf(tx: Reader, ticket: Ticket, rule: Rule, now: number): Promise<Next> {
  const needsHistory = ticket.status <= 2 && !ticket.on_hold && rule.days !== null
  const history = historyOf(ticket, needsHistory ? await recentOf(tx, ticket) : unread(ticket), now)
  return { step: nextStep(ticket, history, rule, now), history, due: dueStep(ticket, rule, now) }
}

/** Whether the next run has something to do. `now` is in milliseconds since 1970. */
export function isDue({ step, due }: Next, now: number): boolean {
  return (step.kind !== 'none' && step.from <= now) || (due !== undefined && due.from <= now)
}

function unread({ created }: Ticket): Read {
  return { followups: [], since: Date.parse(created) }
}

/** The follow-ups since the last progress, and perhaps some before. */
async function recentOf(tx: Reader, ticket: Ticket): Promise<Read> {
  const read: Followup[] = []
  let behind: { after?: number } = {}
  while (read.length < MOST_READ) {
    const page = await tx.find(
      'followups',
      { ticket: ticket.id },
      { newest: true, limit: AT_ONCE, ...behind },
    )
    read.push(...page)
    const last = page.at(-1)
    const isStepRead = ticket.last_escalation !== undefined && last && last.date < ticket.last_escalation
    if (page.length < AT_ONCE || !last || isStepRead || page.some(one => isProgress(one, ticket)))
      return { ...unread(ticket), followups: read }
    behind = { after: last.id }
  }
  return { followups: read, since: Date.parse(read.at(-1)!.date) }
}
