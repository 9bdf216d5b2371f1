import { Failure } from '../../data/failure.ts'
import { addedText } from '../exclusions/added_text.ts'
import { daysAsked } from '../exclusions/asked_days.ts'
import { excludeDays } from '../exclusions/exclude_days.ts'
import { exclusionWords } from '../exclusions/exclusion_words.ts'
import { noCountedDay } from '../exclusions/no_counted_day.ts'
import { queuesSeen } from '../exclusions/queues_seen.ts'
import { method } from '../method.ts'
import { dayInWords, dayOfYear, excludedWords } from '../params/excluded_days.ts'
import { optional } from '../params/kind.ts'
import { queues } from '../params/several_queues.ts'
import { line } from '../params/texts.ts'
import { weekdays } from '../params/weekdays.ts'
import { ID, listOf } from '../result_schema.ts'

export default method({
  name: 'add_exclusion',
  summary: 'Say that days do not count for escalations.',
  description:
    'On such days nobody is expected to work: they are left out when the days without progress of a ticket are counted. Give exactly one of date, weekday (every week) and yearly (every year); with to, all days from date to that day, at most 366. In the command, days of the week mean every week: exclude saturday and sunday, exclude 24 dec to 2 jan, exclude every 24 dec. There can be 1000 exclusions. A program gets their numbers.',
  may: 'admin',
  params: {
    date: optional(dayInWords('One day, or the first of several.')),
    to: optional(dayInWords('The last of several days.')),
    weekday: optional(weekdays('Days of every week.')),
    yearly: optional(dayOfYear('A day of every year.')),
    queues: optional(queues('The queues in which the days do not count; without them, all queues.')),
    name: optional(line('What the days are, like Christmas.', 100)),
    days: optional(excludedWords),
  },
  command: 'exclude <days> [in <queues>][: <name>]',
  example: {
    command: 'exclude every 24 dec in support: Christmas Eve',
    says: '24 December of every year no longer counts in queue Support; this is exclusion 3.',
    gives: [3],
  },
  run: async ({ name = '', queues, ...asked }, call) => {
    const days = await daysAsked({ ...asked, queues }, call)
    const { added, known } = await excludeDays(
      call.tx,
      days.map(day => ({ day, name })),
      queues,
    )
    if (added.length === 0) {
      const [same] = known
      const named = same!.name === '' ? '' : ` (${same!.name})`
      throw new Failure(
        'conflict',
        `That is excluded already: exclusion ${same!.id}, ${exclusionWords(same!, await queuesSeen(call))}${named}. To change it, remove it first with remove_exclusion.`,
      )
    }
    return { added, known: known.length, warning: await noCountedDay(call) }
  },
  says: ({ added, known, warning }, { queues = [] }) => addedText(added, known, queues) + warning,
  gives: ({ added }) => added.map(({ id }) => id),
  givesAs: 'exclusions',
  givesSchema: listOf(ID),
})
