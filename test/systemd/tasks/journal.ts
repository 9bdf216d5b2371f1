import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY } from '../../../data/durations.ts'
import type { Ended } from '../../program.ts'
import { pathOf } from '../../tools.ts'

/** What `journalctl` below needs: the second writes journals in the format of systemd-journald. */
export const JOURNAL_TOOLS = ['journalctl', 'systemd-journal-remote']
const PRIORITIES: Readonly<Record<string, number>> = { error: 3, warning: 4, info: 6 }

/**
 * Runs the real journalctl with a journal that has these lines of the log, as the service writes them: each a second time as if it was
 * written a day earlier.
 */
export function journalctl(
  directory: string,
  lines: readonly string[],
  words: readonly string[],
): Promise<Ended> {
  const place = mkdtempSync(join(directory, 'journal-'))
  const [exported, file] = [join(place, 'exported'), join(place, 'x.journal')]
  const entries = [DAY, 0].flatMap(earlier => lines.map(line => entryOf(line, earlier)))
  writeFileSync(exported, entries.join(''))
  const { status, stderr } = spawnSync(pathOf('systemd-journal-remote')!, [`--output=${file}`, exported], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' }
  return new Promise(resolve => {
    execFile('journalctl', ['--file', file, ...words], { env }, (error, out, err) =>
      resolve({ exit: error ? Number(error.code) : 0, out, err }),
    )
  })
}

/** An entry in the format of systemd.journal-export(7). */
function entryOf(line: string, earlier: number): string {
  const event = JSON.parse(line)
  const at = new Date(Date.parse(event.at) - earlier)
  const message = JSON.stringify({ ...event, at: at.toISOString() })
  return `__REALTIME_TIMESTAMP=${at.getTime()}000\nPRIORITY=${PRIORITIES[event.level]}\nSYSLOG_IDENTIFIER=helpdeskd\nMESSAGE=${message}\n\n`
}
