import type { Change } from '../../../data/tables.ts'

/** The fields whose changes staff are told of. A watcher who comes or goes tells nobody. */
const TOLD: readonly Change['field'][] = [
  'assigned_to',
  'priority',
  'on_hold',
  'hold_until',
  'due_date',
  'title',
  'queue',
  'submitter_email',
]

/** What is left of changes in a row, each field once: from its first value to its last one, without what was taken back. */
export function netOf(changes: readonly Change[]): readonly Change[] {
  const net = new Map<Change['field'], Change>()
  for (const change of changes) {
    const before = net.get(change.field) ?? change
    net.set(change.field, { ...change, from: before.from })
  }
  return TOLD.flatMap(field => net.get(field) ?? []).filter(({ from, to }) => from !== to)
}
