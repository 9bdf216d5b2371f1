import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { until } from './house.ts'

/**
 * Ends a child process with the test, and waits for it: a process that is only told to end may still write into a directory while that
 * directory is removed.
 */
export function endWith(t: Test, child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  t.teardown(async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  })
}

/**
 * Kills all processes of a group, for a server that does not end those that it started; resolves when they have ended. The system sends the
 * signal to all at once, so that none can start another one in between.
 */
export async function killGroup(group: number): Promise<void> {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // All have ended.
    return
  }
  await until('the processes of a server to end', () => !groupsThatRun().has(group))
}

/** The groups of the processes that run, as proc(5) shows them; one that has ended may stay as a zombie. */
function groupsThatRun(): Set<number> {
  const stats = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(statOf)
  const groups = stats.flatMap(stat => /^.*\) [^Z] \d+ (\d+) /s.exec(stat)?.[1] ?? [])
  return new Set(groups.map(Number))
}

/** A process may end between the two looks at it. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
