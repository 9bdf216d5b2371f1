import { calendarOf } from '../escalation/calendar.ts'
import { zoneOf } from '../escalation/hours.ts'
import { LONGEST_WAIT } from '../escalation/next_step.ts'
import type { Call } from '../method.ts'

const MOST_NAMED = 10

/**
 * A warning for the answer to a change of the exclusions: in which queues with an escalation no day of the next year counts. It begins with
 * a blank; empty if there are none.
 */
export async function noCountedDay({ tx, now, hours }: Pick<Call, 'tx' | 'now' | 'hours'>): Promise<string> {
  const exclusions = await tx.find('exclusions', {})
  const idle: string[] = []
  for (const queue of await tx.find('queues', {})) {
    if (queue.escalate_days === null) continue
    const today = zoneOf(queue, hours).dayAt(Date.parse(now))
    const calendar = calendarOf(exclusions, queue.id)
    let day = today + 1
    while (day <= today + LONGEST_WAIT && !calendar.counts(day)) day++
    if (day > today + LONGEST_WAIT) idle.push(queue.title)
  }
  if (idle.length === 0) return ''
  const named = idle.slice(0, MOST_NAMED).join(', ')
  const more = idle.length > MOST_NAMED ? ` and ${idle.length - MOST_NAMED} more` : ''
  return ` Now no day counts in ${idle.length === 1 ? 'queue' : 'the queues'} ${named}${more}: tickets there never rise.`
}
