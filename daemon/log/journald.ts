import { fstatSync } from 'node:fs'

/** In front of a line, by its level: a priority of syslog(3), as sd-daemon(3) says. */
const PREFIXES = { error: '<3>', warning: '<4>', info: '<6>' } as const
const NO_PREFIXES = { error: '', warning: '', info: '' } as const

/**
 * What goes in front of each line on standard error, by the level of the line; nothing where the journal does not read it. JOURNAL_STREAM
 * names the device and the inode of what systemd connected to the journal (systemd.exec(5)); a process whose standard error is another one
 * may have inherited that.
 */
export function journalPrefixes(): Readonly<Record<keyof typeof PREFIXES, string>> {
  const { dev, ino } = fstatSync(process.stderr.fd, { bigint: true })
  return process.env.JOURNAL_STREAM === `${dev}:${ino}` ? PREFIXES : NO_PREFIXES
}
