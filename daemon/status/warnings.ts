import { HOUR } from '../../data/durations.ts'
import { shown } from '../../data/failure.ts'
import { MIB } from '../../data/sizes.ts'
import { RENEWED_BEFORE } from '../net/certificate.ts'
import { countWords, sizeWords, spanWords } from './amounts.ts'
import type { CertificateFigures, SiteFigures } from './site_status.ts'
import type { StateFiles } from './state_files.ts'

/** A letter that waits longer is late: by then it was attempted four times. */
const LATE = HOUR
const DISK_DAYS = 30
/** A journal is folded into the snapshot when it has outgrown it, and is larger than 32 MiB; at twice that, this does not succeed. */
const LARGEST_JOURNAL = 64 * MIB

/** What needs attention in these figures, the worst first: sentences that say what to do. */
export function warningsOf(
  figures: Pick<SiteFigures, 'now' | 'letters' | 'store' | 'disk' | 'certificates'>,
): string[] {
  const now = Date.parse(figures.now)
  return [
    ...certificateWarnings(figures.certificates, now),
    ...letterWarnings(figures, now),
    ...diskWarnings(figures),
    ...storeWarnings(figures.store),
  ]
}

function certificateWarnings(certificates: readonly CertificateFigures[], now: number): string[] {
  return certificates.flatMap(({ door, expires }) => {
    const left = Date.parse(expires) - now
    if (left > RENEWED_BEFORE) return []
    const when = left > 0 ? `expires in ${spanWords(left)}` : `expired on ${expires.slice(0, 10)}`
    return `The certificate of the ${door} door ${when}; renew it, then reload (systemctl reload helpdeskd).`
  })
}

function letterWarnings(
  { letters: { waiting, oldest, reply } }: Pick<SiteFigures, 'letters'>,
  now: number,
): string[] {
  const age = oldest === null ? 0 : now - Date.parse(oldest)
  if (age < LATE) return []
  const last = reply === null ? '' : ` The last reply about it: ${shown(reply)}.`
  const many = waiting === 1 ? '1 letter waits' : `${countWords(waiting, 'letter')} wait`
  return [`${many}, the oldest for ${spanWords(age)}.${last} Check the smarthost, and smarthost.url.`]
}

function diskWarnings({ disk: { free_bytes, trend } }: Pick<SiteFigures, 'disk'>): string[] {
  if (!trend || trend.days_left > DISK_DAYS) return []
  const rate = `the last ${countWords(trend.days_measured, 'day')}`
  return [
    `${sizeWords(free_bytes)} are free on the disk; if it goes on like ${rate}, nothing new is accepted in ${countWords(trend.days_left, 'day')}. Make room on it.`,
  ]
}

/** Those about the files of the store, which need no daemon. */
export function storeWarnings({ torn, damaged, journal_bytes, snapshot_bytes }: StateFiles): string[] {
  const found: string[] = []
  if (journal_bytes > 2 * Math.max(snapshot_bytes, LARGEST_JOURNAL / 2))
    found.push(
      `The journal has ${sizeWords(journal_bytes)} and is not folded into the snapshot; look for checkpoint_failed in the log.`,
    )
  for (const { path, bytes } of damaged)
    found.push(
      `A damaged journal is kept for 30 days: ${path} (${sizeWords(bytes)}). The commits that "helpdeskd repair" named are lost.`,
    )
  for (const { path, bytes } of torn)
    found.push(
      `The half-written end of a journal is kept for 30 days: ${path} (${sizeWords(bytes)}). Nothing in it was confirmed.`,
    )
  return found
}
