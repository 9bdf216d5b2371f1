import { exclusionLine } from '../exclusions/exclusion_words.ts'
import { exclusionsNamed } from '../exclusions/named_exclusions.ts'
import { queuesSeen } from '../exclusions/queues_seen.ts'
import { method } from '../method.ts'
import { exclusions } from '../params/excluded_days.ts'
import { ID, listOf } from '../result_schema.ts'

const MOST_NAMED = 20

export default method({
  name: 'remove_exclusion',
  summary: 'Remove exclusions, so that their days count again.',
  description:
    'They are named by number (list_exclusions shows it), by several numbers and ranges like 5, 7 to 90, by name, or by their days, like saturday, 2026-12-24 or every 24 dec; all that have this name, or these days, are removed. Tickets may rise earlier then.',
  may: 'admin',
  frees: true,
  params: { exclusion: exclusions('Which exclusions.') },
  command: 'unexclude <exclusion>',
  example: {
    command: 'unexclude saturday',
    says: 'Removed: 1 every Saturday in all queues',
    gives: [1],
  },
  run: async ({ exclusion }, call) => {
    const found = await exclusionsNamed(exclusion, call)
    for (const { id } of found) await call.tx.delete('exclusions', id)
    return { found, queues: await queuesSeen(call) }
  },
  says: ({ found, queues }) => {
    const lines = found.slice(0, MOST_NAMED).map(one => exclusionLine(one, queues))
    const more = found.length > lines.length ? [`and ${found.length - lines.length} more`] : []
    return found.length === 1 ? `Removed: ${lines[0]}` : `Removed:\n${[...lines, ...more].join('\n')}`
  },
  gives: ({ found }) => found.map(({ id }) => id),
  givesAs: 'exclusions',
  givesSchema: listOf(ID),
})
