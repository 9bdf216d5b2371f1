import { method } from '../method.ts'
import { optional } from '../params/kind.ts'
import { month } from '../params/months.ts'
import { queue } from '../params/references.ts'
import { REPORT, reportOf, ticketsOpened } from '../reports/report.ts'
import { reportText } from '../reports/report_text.ts'
import { actorSees } from '../visible.ts'

export default method({
  name: 'report',
  summary: 'Report how soon the tickets of a month were answered and resolved.',
  description:
    'Of the tickets that were opened in a month, for each queue and owner: how many, how many of them were answered, resolved and still open at its end (or now, in the present month), and the median and the 90th percentile of the times in hours. The hours are those of the days that count for escalation, in the time zone of the queue, without the time on hold. The first answer is the first public follow-up of an agent who is not the submitter, after the opening. A ticket is resolved if it is resolved or closed at the end; the time goes to its last resolution. Both percentiles are by the nearest rank: the smallest time that so many percent do not exceed. A ticket belongs to its present queue and owner; a duplicate and a deleted one to none. At most 50,000 tickets.',
  may: 'agent',
  reads: true,
  params: {
    queue: optional(queue('Only this queue; all of them by default.')),
    month: month('The month: with a year, or else the newest one that has begun.'),
  },
  command: ['report <queue> <month>', 'report <month>'],
  example: {
    command: 'report support january 2026',
    says: 'Support, January 2026\n1 opened, none still open at the end\nAnswered       1 of 1\n  median       2.0 h\n  90% within   2.0 h\nResolved       1 of 1\n  median       25.5 h\n  90% within   25.5 h\nBy owner\n  susan: 1 opened, none still open\n    answered 1, median 2.0 h, 90% 2.0 h\n    resolved 1, median 25.5 h, 90% 25.5 h\n\nHours are those of the days that count in the queue, without the time on hold. Answered: by an agent, publicly. Resolved: resolved or closed, and still so at the end. 90% within: nine of ten took no longer. Queue and owner are those of today, and duplicates are left out.',
    gives: {
      month: '2026-01',
      queues: [
        {
          queue: { id: 1, slug: 'support', title: 'Support' },
          from: '2026-01-01T00:00:00.000Z',
          to: '2026-02-01T00:00:00.000Z',
          is_over: true,
          opened: 1,
          open_at_end: 0,
          answered: { count: 1, median_hours: 2, p90_hours: 2 },
          resolved: { count: 1, median_hours: 25.5, p90_hours: 25.5 },
          owners: [
            {
              owner: 'susan',
              opened: 1,
              open_at_end: 0,
              answered: { count: 1, median_hours: 2, p90_hours: 2 },
              resolved: { count: 1, median_hours: 25.5, p90_hours: 25.5 },
            },
          ],
        },
      ],
    },
  },
  seeks: ticketsOpened,
  surveys: reportOf,
  run: async (_, { actor }, report) => ({
    ...report,
    queues: report.queues.filter(({ queue }) => actorSees(actor, queue.id)),
  }),
  says: reportText,
  gives: report => report,
  givesSchema: REPORT,
})
