import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
/** A run uses a part of it. */
const LEAST_BYTES = 2 * 1024 ** 3

/**
 * Makes a directory in memory for the temporary directories of the tests, which saves a sixth of the processor time; undefined where memory
 * is no file system, is short, or has no place for programs, as in some containers. All users may write to it, as in the usual one.
 */
export function directoryInMemory(): string | undefined {
  if (!isForPrograms() || bytesFree() < LEAST_BYTES) return undefined
  const directory = mkdtempSync(join(MEMORY, 'helpdeskd-'))
  chmodSync(directory, 0o1777)
  return directory
}

/**
 * Removes a directory when a signal such as that of Ctrl-C ends this process: what stays in memory takes it until the machine restarts. The
 * processes of the tests, which end at the same time, may still write into it.
 */
export function removeAtSignals(directory: string): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      try {
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
      } finally {
        process.kill(process.pid, signal)
      }
    })
}

/** Looks at the mounts, see proc_mounts(5): the last one at a place counts. */
function isForPrograms(): boolean {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n')
  const [, , type, options = ''] = lines.findLast(line => line.split(' ')[1] === MEMORY)?.split(' ') ?? []
  return type === 'tmpfs' && !options.split(',').includes('noexec')
}

function bytesFree(): number {
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize
}
