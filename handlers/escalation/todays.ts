import type { Queue } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import type { Day } from './day.ts'
import { zoneOf } from './hours.ts'

/** The local days of queues at the moment of a call, each worked out once. */
export class Todays {
  readonly #call: Pick<Call, 'now' | 'hours'>
  readonly #days = new Map<number, Day>()

  constructor(call: Pick<Call, 'now' | 'hours'>) {
    this.#call = call
  }

  of(queue: Queue): Day {
    const { now, hours } = this.#call
    const day = this.#days.get(queue.id) ?? zoneOf(queue, hours).dayAt(Date.parse(now))
    this.#days.set(queue.id, day)
    return day
  }
}
