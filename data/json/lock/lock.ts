import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, shown } from '../../failure.ts'
import { Claim } from './claim.ts'
import { refuseShared } from './local_disk.ts'
import { type Rival, rivalsOf, sweepUnpublished } from './rival.ts'

/** How long processes that start at once sort out which of them goes on. */
const PATIENCE_MILLISECONDS = 5000
const LOOK_AGAIN_MILLISECONDS = 10
const LONGEST_WAIT_MILLISECONDS = 200

/**
 * Takes a directory for this process; gives the function that lets go of it. The lock is a unix socket in the directory, so it is
 * the same one by every path, mount and network namespace, and the kernel closes it however the process ends. Each process has
 * a socket under a name of its own and looks at the others only once its own is there: of two, at least one sees the other. Throws
 * Failure `conflict` while another process has the directory, `invalid` where a lock would not be seen by all who can open it. Another
 * `patience`, in milliseconds, is for tests.
 */
export async function lock(
  directory: string,
  patience = PATIENCE_MILLISECONDS,
): Promise<() => Promise<void>> {
  await refuseShared(directory)
  const end = performance.now() + patience
  for (;;) {
    const claim = new Claim(directory)
    // Whoever has just got the directory may have swept the name away before it was published.
    if (!(await claim.publish())) continue
    try {
      const rival = await strongestRival(directory, claim, end)
      if (!rival) {
        claim.holds = true
        await sweepUnpublished(directory)
        return () => claim.withdraw()
      }
      if (rival.holds || performance.now() > end) throw inUse(directory, rival)
    } catch (error) {
      await claim.withdraw()
      throw error
    }
    await claim.withdraw()
    await sleep(Math.random() * LONGEST_WAIT_MILLISECONDS)
  }
}

/**
 * The process that this one has to give way to: one that has the directory, or of those that only try the one whose name comes first.
 * The first waits until the others have given way; undefined once there was nobody else.
 */
async function strongestRival(directory: string, claim: Claim, end: number): Promise<Rival | undefined> {
  for (;;) {
    const rivals = await rivalsOf(directory, claim.name)
    const before = rivals.find(({ holds }) => holds) ?? rivals.find(({ name }) => name < claim.name)
    if (before || rivals.length === 0) return before
    if (performance.now() > end) return rivals[0]
    await sleep(LOOK_AGAIN_MILLISECONDS)
  }
}

function inUse(directory: string, { pid, host }: Rival): Failure {
  const place = host === undefined || host === hostname() ? '' : ` on the host ${shown(host)}`
  const holder = pid === undefined ? 'another process, which does not answer' : `process ${pid}${place}`
  return new Failure('conflict', `${directory} is in use by ${holder}; one helpdeskd at a time may open it.`)
}
