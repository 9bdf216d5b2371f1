import type { Reader } from '../../data/store.ts'
import type { Change, Followup, Value } from '../../data/tables.ts'

/** More lines than these help nobody. */
const MOST_LINES = 3

/** What takes a change back: a verb, and what comes behind the number of the ticket. */
type Taken = readonly [verb: string, rest: string]

/**
 * The commands that take back what these follow-ups have changed, one for all tickets to which it is the same. There is none for what
 * cannot be taken back, such as a first owner.
 */
export async function undoOf(tx: Reader, followups: readonly Followup[]): Promise<string[]> {
  const lines = new Map<string, { readonly taken: Taken; readonly ids: Set<number> }>()
  for (const followup of followups)
    for (const taken of await takenBack(tx, followup.changes)) {
      const line = lines.get(taken.join()) ?? { taken, ids: new Set() }
      lines.set(taken.join(), line)
      line.ids.add(followup.ticket)
    }
  const all = [...lines.values()].map(
    ({ taken: [verb, rest], ids }) => `${verb} ${[...ids].join(' ')}${rest}`,
  )
  return all.length > MOST_LINES ? [] : all
}

async function takenBack(tx: Reader, changes: readonly Change[]): Promise<Taken[]> {
  const from = Object.fromEntries(changes.map(change => [change.field, change.from]))
  const status = changes.find(({ field }) => field === 'status')
  if (status) return statusBefore(status, from.duplicate_of)
  const found = await Promise.all(changes.map(change => before(tx, change, from.hold_until)))
  return found.filter(taken => taken !== undefined)
}

/** A status that ends the work also ends a hold, which is not worth a line. */
function statusBefore({ from, to }: Change, original: Value | undefined): Taken[] {
  if (typeof to === 'number' && to > 2) return [['reopen', '']]
  if (from === 5) return original ? [['duplicate', ` of ${original}`]] : []
  return [[from === 4 ? 'close' : 'resolve', '']]
}

async function before(
  tx: Reader,
  { field, from, to }: Change,
  until: Value | undefined,
): Promise<Taken | undefined> {
  switch (field) {
    case 'on_hold':
      return from ? ['hold', until ? ` until ${until}` : ''] : ['unhold', '']
    case 'assigned_to': {
      const user = typeof from === 'number' ? await tx.get('users', from) : undefined
      return user?.active ? ['assign', ` ${user.username}`] : undefined
    }
    case 'queue': {
      const queue = await tx.get('queues', from as number)
      return queue && ['move', ` ${queue.slug}`]
    }
    case 'priority':
      return ['priority', ` ${from}`]
    case 'title':
      return ['title', `: ${from}`]
    case 'due_date':
      return ['due', ` ${from ?? 'none'}`]
    case 'submitter_email':
      return from === null ? undefined : ['submitter', ` ${from}`]
    case 'watchers':
      return to === null ? ['watch', ` ${from}`] : ['unwatch', ` ${to}`]
    default:
      return undefined
  }
}
