import { EXCLUSION, exclusionFacts } from '../exclusions/exclusion_facts.ts'
import { exclusionLine } from '../exclusions/exclusion_words.ts'
import { exclusionsSeen } from '../exclusions/exclusions_seen.ts'
import { method } from '../method.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { queue } from '../params/references.ts'
import { listOf } from '../result_schema.ts'

const USUAL = 100

export default method({
  name: 'list_exclusions',
  summary: 'List the days that do not count for escalations.',
  description:
    'First those of every week, then those of every year, then single days from today on, the next one first. The number in front is for remove_exclusion. A program gets the slugs of the queues; none means all queues.',
  may: 'agent',
  reads: true,
  params: {
    queue: optional(queue('Only exclusions that hold in this queue.')),
    past: optional(flag('Whether to give the single days that are past instead, the last one first.')),
    limit: optional(whole(`How many to give; defaults to ${USUAL}.`, 1, 1000)),
  },
  command: 'exclusions [<queue>] [past]',
  example: {
    command: 'exclusions support',
    says: '1 every Saturday in all queues\n2 25 December of every year in queue Support: Christmas',
    gives: [
      { exclusion: 1, name: '', queues: [], weekday: 'saturday', yearly: null, date: null },
      { exclusion: 2, name: 'Christmas', queues: ['support'], weekday: null, yearly: '12-25', date: null },
    ],
  },
  run: async ({ queue, past = false, limit = USUAL }, call) => {
    const { listed, others, queues } = await exclusionsSeen(call, queue, past ? 'past' : 'ahead')
    return { listed: listed.slice(0, limit), more: listed.length - limit, others, queues }
  },
  says: ({ listed, more, others, queues }, { past = false }) => {
    const lines = listed.map(one => exclusionLine(one, queues))
    if (lines.length === 0) lines.push(past ? 'No excluded day is past.' : 'Every day counts.')
    if (more > 0) lines.push(`There are ${more} more; give limit=1000 to see all.`)
    if (others > 0)
      lines.push(`${others === 1 ? '1 day is' : `${others} days are`} past; give past=y to see them.`)
    return lines.join('\n')
  },
  gives: ({ listed, queues }) => listed.map(one => exclusionFacts(one, queues)),
  givesAs: 'exclusions',
  givesSchema: listOf(EXCLUSION),
})
