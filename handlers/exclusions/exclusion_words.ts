import type { Exclusion, Queue } from '../../data/tables.ts'
import { inQueues } from '../ignore_list.ts'
import { dayWords } from './excluded_day.ts'

/** The queues that the actor sees, by number. */
type QueueNames = ReadonlyMap<number, Pick<Queue, 'title'>>

/** An exclusion in one line: `7 Thursday, 24 December 2026 in queue Support: Christmas Eve`. */
export function exclusionLine(exclusion: Exclusion, queues: QueueNames): string {
  const { id, name } = exclusion
  return `${id} ${exclusionWords(exclusion, queues)}${name === '' ? '' : `: ${name}`}`
}

/** Its days and queues: `every Saturday in all queues`. */
export function exclusionWords(exclusion: Exclusion, queues: QueueNames): string {
  return `${dayWords(exclusion)} ${inQueues((exclusion.queues ?? []).flatMap(id => queues.get(id) ?? []))}`
}
