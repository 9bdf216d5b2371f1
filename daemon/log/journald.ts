import { fstatSync } from 'node:fs'

/** The prefix of a line for each level: a priority of syslog(3), as in sd-daemon(3). */
const PREFIXES = { error: '<3>', warning: '<4>', info: '<6>' } as const
const NO_PREFIXES = { error: '', warning: '', info: '' } as const

/**
 * The prefix of each line on standard error, by its level; empty unless the journal reads it. JOURNAL_STREAM has the device and inode of
 * the stream that systemd connected to the journal (systemd.exec(5)). They are compared, since a process may inherit the variable while
 * its standard error is something else.
 */
export function journalPrefixes(): Readonly<Record<keyof typeof PREFIXES, string>> {
  const { dev, ino } = fstatSync(process.stderr.fd, { bigint: true })
  return process.env.JOURNAL_STREAM === `${dev}:${ino}` ? PREFIXES : NO_PREFIXES
}
