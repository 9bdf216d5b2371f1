import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Stats, statSync } from 'node:fs'
import { CRASH_EXIT } from './codes.ts'

/**
 * Root becomes the owner of the state directory before it opens anything there or reads standard input: otherwise it would create files
 * that the service cannot read. If Node does not allow that, a second process runs the whole command as the owner. This process then ends
 * with the exit code or signal of the other, and the promise does not resolve. `own` takes the second process out of the group that gets
 * the signals of the terminal, so that each reaches it once: a second one could hit it at the very end of its stop.
 */
export async function becomeOwner(directory: string, group: 'same' | 'own' = 'same'): Promise<void> {
  if (process.getuid?.() !== 0) return
  const found = statSync(directory, { throwIfNoEntry: false })
  if (!found || found.uid === 0) return
  try {
    process.setgroups?.([])
    process.setgid?.(found.gid)
    process.setuid?.(found.uid)
  } catch (error) {
    if (!isDisabled(error)) throw error
    await runAgainAs(found, group)
  }
}

/** A Node whose libuv may use io_uring, as that of Debian 13, refuses to change its user, since that would be unsafe (CVE-2024-22017). */
function isDisabled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'
}

async function runAgainAs({ uid, gid }: Stats, group: 'same' | 'own'): Promise<never> {
  const words = [...process.execArgv, ...process.argv.slice(1)]
  const child = spawn(process.execPath, words, {
    uid,
    gid,
    stdio: 'inherit',
    detached: group === 'own',
  })
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => child.kill(name))
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.exit(code ?? CRASH_EXIT)
}
