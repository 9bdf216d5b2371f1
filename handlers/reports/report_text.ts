import type { Figures, Times } from './figures.ts'
import { monthText } from './month.ts'
import type { Report } from './report.ts'
import type { Section } from './section.ts'

/** In characters: where the values begin. */
const LABEL = 15
const MEANING = `Hours are those of the days that count in the queue, without the time on hold. Answered: by an agent, publicly. Resolved: resolved or closed, and still so at the end. 90% within: nine of ten took no longer. Queue and owner are those of today, and duplicates are left out.`

/** The report for people: a block of short lines for each queue. */
export function reportText({ month: date, queues }: Report): string {
  const [year, number] = date.split('-').map(Number)
  const month = monthText({ year: year!, month: number! })
  if (queues.length === 0) return 'There are no queues.'
  const blocks = queues.map(section => blockOf(section, month))
  return [...blocks, ...(queues.some(({ opened }) => opened > 0) ? [MEANING] : [])].join('\n\n')
}

function blockOf(section: Section, month: string): string {
  const { queue, is_over, opened, answered, resolved, owners } = section
  const when = is_over ? month : `${month} so far`
  if (opened === 0) return `No tickets were opened in queue ${queue.title} in ${when}.`
  return [
    `${queue.title}, ${when}`,
    `${openWords(section)}${is_over ? ' at the end' : ''}`,
    ...timesLines('Answered', answered, opened),
    ...timesLines('Resolved', resolved, opened),
    'By owner',
    ...owners.flatMap(one => [
      `  ${one.owner ?? 'no owner'}: ${openWords(one)}`,
      ...timesLine('answered', one.answered),
      ...timesLine('resolved', one.resolved),
    ]),
  ].join('\n')
}

function openWords({ opened, open_at_end }: Figures): string {
  return `${opened} opened, ${open_at_end || 'none'} still open`
}

function timesLines(label: string, { count, median_hours, p90_hours }: Times, of: number): readonly string[] {
  const lines = [
    [label, `${count} of ${of}`],
    ['  median', hoursText(median_hours)],
    ['  90% within', hoursText(p90_hours)],
  ]
  return lines.slice(0, count === 0 ? 1 : undefined).map(([name, value]) => `${name!.padEnd(LABEL)}${value}`)
}

function timesLine(label: string, { count, median_hours, p90_hours }: Times): readonly string[] {
  if (count === 0) return []
  return [`    ${label} ${count}, median ${hoursText(median_hours)}, 90% ${hoursText(p90_hours)}`]
}

function hoursText(hours: number | null): string {
  return `${(hours ?? 0).toFixed(1)} h`
}
