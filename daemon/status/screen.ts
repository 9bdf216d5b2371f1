import { wrapped } from '../wrapped.ts'
import { type QueueCounts, ticketColumns } from './queue_counts.ts'
import { runningText, type StatusRow, statusRows, storeRow } from './rows.ts'
import type { SiteStatus } from './site_status.ts'
import type { StateFiles } from './state_files.ts'
import { storeWarnings } from './warnings.ts'

const LABEL = 10
/** So that it is one screen. */
const MOST_WARNINGS = 5
const MOST_QUEUES = 8
const SLUG = 24
const NUMBER = 9

/** The status of a running daemon on one screen of 80 columns: warnings first; of many queues, those with most to do. */
export function screenOf(status: SiteStatus): string {
  return [
    runningText(status),
    ...warningLines(status.warnings),
    '',
    ...queueLines(status.queues),
    '',
    ...statusRows(status).flatMap(rowLines),
  ].join('\n')
}

/** What can be said of a state directory without a running daemon. */
export function stoppedScreen(store: StateFiles, now: string): string {
  const about: StatusRow = ['State', store.directory]
  return [
    'The daemon is not running.',
    ...warningLines(storeWarnings(store)),
    '',
    ...[about, storeRow(store, Date.parse(now))].flatMap(rowLines),
  ].join('\n')
}

function warningLines(warnings: readonly string[]): string[] {
  const left = warnings.length - MOST_WARNINGS
  const last = left > 0 ? [`and ${left} more; "helpdeskd --json status" has all of them`] : []
  return [...warnings.slice(0, MOST_WARNINGS), ...last].flatMap(text => wrapped(text, '! ', '  '))
}

function queueLines(queues: readonly QueueCounts[]): string[] {
  const busy = queues.toSorted((a, b) => b.open + b.reopened - (a.open + a.reopened))
  const left = busy.length - MOST_QUEUES
  return [
    lineOf(
      'Tickets',
      ticketColumns.map(([, heading]) => heading),
    ),
    ...busy.slice(0, MOST_QUEUES).map(queue =>
      lineOf(
        queue.slug,
        ticketColumns.map(([field]) => String(queue[field])),
      ),
    ),
    ...(left > 0 ? [`and ${left} more queues`] : []),
  ]
}

function lineOf(name: string, cells: readonly string[]): string {
  const cut = name.length > SLUG ? `${name.slice(0, SLUG - 1)}…` : name
  return cut.padEnd(SLUG) + cells.map(cell => ` ${cell.padStart(NUMBER - 1)}`).join('')
}

function rowLines([about, text]: StatusRow): string[] {
  return wrapped(text, about.padEnd(LABEL), ' '.repeat(LABEL))
}
