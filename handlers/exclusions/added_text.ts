import { nameList } from '../../data/name_list.ts'
import type { Exclusion, Queue } from '../../data/tables.ts'
import { WEEKDAYS } from '../escalation/day_words.ts'
import { inQueues } from '../ignore_list.ts'
import { dayWords } from './excluded_day.ts'

/** The answer to new exclusions of the same kind and queues, at least one; `known` more were there already. */
export function addedText(added: readonly Exclusion[], known: number, queues: readonly Queue[]): string {
  const [first, last] = [added[0]!, added.at(-1)!]
  const where = queues.length === 0 ? 'in any queue' : inQueues(queues)
  const rest = known === 0 ? '' : ` ${knownText(known)}`
  if (added.length === 1) return `${oneText(first, where)}${rest}`
  if (first.weekday !== undefined) {
    const names = added.map(({ weekday }) => WEEKDAYS[weekday!]!)
    return `${nameList(names)} of every week no longer count ${where}; these are exclusions ${first.id} to ${last.id}.${rest}`
  }
  const days = `${added.length} days, from ${dayWords(first)} to ${dayWords(last)},`
  return `${days} no longer count ${where}; these are exclusions ${first.id} to ${last.id}.${rest}`
}

function oneText(one: Exclusion, where: string): string {
  const does = `no longer counts ${where}`
  if (one.weekday === undefined)
    return `${dayWords(one)}${one.date ? ',' : ''} ${does}; this is exclusion ${one.id}.`
  const day = WEEKDAYS[one.weekday]
  return `${day} ${does}; this is exclusion ${one.id}. It is ${day} of every week: for a single one, give its date.`
}

/** That some of the days were excluded before. */
export function knownText(known: number): string {
  return known === 1 ? '1 day was excluded already.' : `${known} days were excluded already.`
}
