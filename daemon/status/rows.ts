import { momentWords } from '../../handlers/mails/mail_listing.ts'
import { countWords, sizeWords, spanWords } from './amounts.ts'
import type { DoorFigures, SiteFigures, SiteStatus } from './site_status.ts'
import type { StateFiles } from './state_files.ts'

/** A part of the status, and what is said of it. */
export type StatusRow = readonly [about: string, text: string]

/** The status besides warnings and tickets, for the screen of the shell and the page of the HTTP door alike. */
export function statusRows(status: SiteStatus): StatusRow[] {
  const now = Date.parse(status.now)
  return [
    ...status.doors.map(doorRow),
    ['Letters', letterText(status, now)],
    ['Addresses', failingText(status)],
    ['Last day', mailText(status)],
    storeRow(status.store, now),
    ['Disk', diskText(status)],
    ['Files', filesText(status)],
    ...status.certificates.map(
      ({ door, expires }): StatusRow => [
        'TLS',
        `the certificate of the ${door} door is valid until ${momentWords(expires)}`,
      ],
    ),
  ]
}

/** The row on the files of the store; also without a daemon. */
export function storeRow(
  { snapshot_bytes, checkpoint, journal_bytes, journals }: StateFiles,
  now: number,
): StatusRow {
  const when =
    checkpoint === null
      ? 'no snapshot yet'
      : `snapshot of ${sizeWords(snapshot_bytes)}, written ${spanWords(now - Date.parse(checkpoint))} ago`
  return ['Store', `${when}; ${countWords(journals, 'journal')} of ${sizeWords(journal_bytes)} since then`]
}

/** The first line: which program runs, and since when. */
export function runningText({
  version,
  started,
  now,
}: Pick<SiteFigures, 'version' | 'started' | 'now'>): string {
  return `helpdeskd ${version} has been running for ${spanWords(Date.parse(now) - Date.parse(started))}.`
}

const doorNames = { http: 'HTTP', mail: 'Mail', shell: 'Shell', daemon: 'Daemon' } as const

function doorRow({ door, listens, connections, done, refused, failed }: DoorFigures): StatusRow {
  const counts = [
    countWords(done, 'call'),
    `${refused.toLocaleString('en')} refused`,
    ...(failed > 0 ? [`${failed.toLocaleString('en')} failed by a bug (see the log)`] : []),
    countWords(connections, 'connection'),
  ]
  return [doorNames[door], `${listens.join(' ')}: ${counts.join(', ')}`]
}

function letterText({ letters }: SiteStatus, now: number): string {
  const { waiting, sent, failed, oldest } = letters
  const age = oldest === null ? '' : `, the oldest for ${spanWords(now - Date.parse(oldest))}`
  return `${waiting.toLocaleString('en')} waiting${age}; ${sent.toLocaleString('en')} sent, ${failed.toLocaleString('en')} failed (as far as they are kept)`
}

function failingText({ failing }: SiteStatus): string {
  if (failing === 0) return 'letters reach all addresses, as far as is known'
  const many = failing === 1 ? '1 address gets' : `${failing.toLocaleString('en')} addresses get`
  return `${many} no letters, since these do not arrive (list_failing)`
}

function mailText({ last_day: { mails, spam, loops, held_back, whole } }: SiteStatus): string {
  const least = whole ? '' : 'more than '
  const held = held_back === 0 ? '' : ` (list_held_back)`
  return `${least}${countWords(mails, 'mail')}, ${spam.toLocaleString('en')} spam, ${countWords(loops, 'loop')}; ${countWords(held_back, 'letter')} held back${held}`
}

function diskText({ disk: { free_bytes, free_files, min_free_bytes, trend } }: SiteStatus): string {
  const inodes = free_files === null ? '' : ` and ${countWords(free_files, 'inode')}`
  const left = trend
    ? `; as in the last ${countWords(trend.days_measured, 'day')}, enough for ${countWords(trend.days_left, 'day')}`
    : ''
  return `${sizeWords(free_bytes)}${inodes} free; below ${sizeWords(min_free_bytes)} nothing new is accepted${left}`
}

function filesText({ files }: SiteStatus): string {
  const unproven = `${sizeWords(files.unproven_bytes)} of ${sizeWords(files.unproven_limit_bytes)} by unproven mail`
  return `${sizeWords(files.bytes)} of ${sizeWords(files.limit_bytes)}, ${unproven}`
}
