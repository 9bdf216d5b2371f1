import type { Release } from './page.ts'

/** When these pages were written: the date of pages before the first release. */
const BEFORE_RELEASES = '2026-11-27'

/** The release that a CHANGELOG begins with. Its date, not that of the build, makes the same pages of the same source. */
export function releaseOf(version: string, changelog: string): Release {
  const [, date = BEFORE_RELEASES] = /^## .*\b(\d{4}-\d\d-\d\d)\b/m.exec(changelog) ?? []
  return { version, date: new Date(date) }
}
